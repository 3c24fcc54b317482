//! Logging that shows everything: where the template writes it out, and not where it is chosen by a parameter, a mapping
//! or a condition.

use crate::names::Name;
use crate::template::{Alt, Guard, Origin};

use super::branch::Branch;
use super::draft::Draft;
use super::{Plain, VertexId, VertexKind};

/// Something that is written out in a template.
struct Written {
    guard: Guard,
    /// The property or the variable.
    setting: Name,
    text: Name,
    origin: Origin,
}

/// States of every function whether it logs everything.
pub(super) fn mark(draft: &mut Draft<'_>) {
    for (vertex, resource) in draft.resources_of(VertexKind::Function) {
        let Some(properties) = Branch::properties(resource) else { continue };
        let levels = levels(draft, properties);
        state(draft, vertex, "LogsVerbosely", &levels);
        if let [first, ..] = levels.as_slice() {
            for (name, text) in [("LogLevel", first.text), ("LogLevelSetting", first.setting)] {
                draft.add_fact(vertex, name, Plain::Name(text), first.origin);
            }
        }
    }
}

/// States of a stage whether it writes every request and response to its log.
pub(super) fn mark_stage(draft: &mut Draft<'_>, stage: VertexId, properties: Branch) {
    let traces = data_traces(draft, properties);
    state(draft, stage, "TracesData", &traces);
}

/// That it is so in the cases in which something says so, with the first place that does.
fn state(draft: &mut Draft<'_>, vertex: VertexId, name: &'static str, written: &[Written]) {
    let guards = &draft.template().guards;
    let when = written.iter().fold(Guard::NEVER, |so_far, it| guards.or(so_far, it.guard));
    let origin = written.first().map_or(draft.vertex(vertex).origin, |first| first.origin);
    draft.add_claim(vertex, name, (when, false), origin);
}

/// The levels of a function that show everything.
fn levels(draft: &Draft<'_>, function: Branch) -> Vec<Written> {
    let property = draft.names().intern("ApplicationLogLevel");
    let mut settings: Vec<(Name, Branch)> = draft
        .branches(function, &["LoggingConfig", "ApplicationLogLevel"])
        .into_iter()
        .map(|level| (property, level))
        .collect();
    for variables in draft.branches(function, &["Environment", "Variables"]) {
        let variables = draft.entries(variables).into_iter();
        settings.extend(variables.filter(|(name, _)| is_log_level(draft.text(*name))));
    }
    let is_verbose = |text: &str| ["DEBUG", "TRACE"].iter().any(|level| text.eq_ignore_ascii_case(level));
    written_out(draft, &settings, is_verbose)
}

/// `LOG_LEVEL`, `POWERTOOLS_LOG_LEVEL`, `logLevel`.
fn is_log_level(variable: &str) -> bool {
    let name = variable.to_ascii_uppercase();
    name.ends_with("LOG_LEVEL") || name.ends_with("LOGLEVEL")
}

/// Where a stage writes every request and response to its log.
fn data_traces(draft: &Draft<'_>, stage: Branch) -> Vec<Written> {
    let property = draft.names().intern("DataTraceEnabled");
    let paths: [&[&str]; 4] = [
        &["MethodSettings", "*", "DataTraceEnabled"],
        // The description of a stage says it of all methods.
        &["DataTraceEnabled"],
        &["DefaultRouteSettings", "DataTraceEnabled"],
        &["RouteSettings", "*", "DataTraceEnabled"],
    ];
    let settings: Vec<(Name, Branch)> = paths
        .iter()
        .flat_map(|path| draft.branches(stage, path))
        .map(|setting| (property, setting))
        .collect();
    written_out(draft, &settings, |text| text.eq_ignore_ascii_case("true"))
}

/// Those of the settings that are written out with such a text. What stands in a branch of an `Fn::If` has been chosen for
/// some of the stages, and so has what a mapping holds.
fn written_out(
    draft: &Draft<'_>,
    settings: &[(Name, Branch)],
    is_meant: impl Fn(&str) -> bool,
) -> Vec<Written> {
    let mut found = Vec::new();
    for &(setting, value) in settings {
        let whole = draft.values().origin(value.value);
        for (guard, alt) in draft.alternatives(value) {
            if let Alt::Scalar { text, origin, through: None, .. } = alt
                && guard == Guard::ALWAYS
                && is_meant(draft.text(text))
                && (origin.file, origin.value) == (whole.file, whole.value)
            {
                // The finding points at the level, not at what it is the level of.
                let origin = Origin { key: origin.value, ..origin };
                found.push(Written { guard, setting, text, origin });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::{fact, template};

    fn logs_verbosely(level: &str) -> String {
        let template = template(&format!(
            "Parameters: {{Level: {{Type: String, Default: DEBUG}}}}
Mappings: {{Stages: {{dev: {{Level: DEBUG}}}}}}
Conditions: {{Prod: !Equals [!Ref 'AWS::AccountId', '1']}}
Resources:
  F: {{Type: 'AWS::Lambda::Function', Properties: {{Environment: {{Variables: {{LOG_LEVEL: {level}, OTHER: DEBUG}}}}}}}}
"
        ));
        fact(&template, "F", "LogsVerbosely")
    }

    #[test]
    fn a_level_counts_where_it_is_written_out() {
        assert_eq!(logs_verbosely("debug"), "true");
        assert_eq!(logs_verbosely("INFO"), "false");
        assert_eq!(logs_verbosely("!If [Prod, INFO, TRACE]"), "false");
        assert_eq!(logs_verbosely("!Ref Level"), "false");
        assert_eq!(logs_verbosely("!FindInMap [Stages, dev, Level]"), "false");
    }

    #[test]
    fn a_stage_traces_data_for_a_method_or_a_route() {
        let traces = |settings: &str| {
            let template = template(&format!(
                "Parameters: {{Trace: {{Type: String, Default: 'true'}}}}
Resources:
  S: {{Type: 'AWS::ApiGateway::Stage', Properties: {{{settings}}}}}
"
            ));
            fact(&template, "S", "TracesData")
        };
        assert_eq!(traces("MethodSettings: [{LoggingLevel: INFO}, {DataTraceEnabled: 'true'}]"), "true");
        assert_eq!(traces("DefaultRouteSettings: {DataTraceEnabled: true}"), "true");
        assert_eq!(traces("MethodSettings: [{DataTraceEnabled: false}]"), "false");
        assert_eq!(traces("MethodSettings: [{DataTraceEnabled: !Ref Trace}]"), "false");
    }
}
