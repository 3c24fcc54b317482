//! Settings are what holds for a template after all: the layers of its configuration and of the command line, one over
//! the other, over the defaults.

use std::path::Path;

use crate::facts::Circumstances;
use crate::finding::{Confidence, FailOn, Severity};
use crate::rule::{Page, Profile, Selection, Selector};

use super::layer::{Application, Choices, Deployment, FileIgnore, Layer};
use super::pattern::FilePattern;

/// What holds for some templates.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which rules run.
    pub selection: Selection,
    /// Findings that are less sure are left out.
    pub min_confidence: Confidence,
    /// From which severity on findings fail a run.
    pub fail_on: FailOn,
    /// The severities that are not the rules' own, the farthest layer first.
    pub severities: Vec<(Selector, Severity)>,
    /// Which rules do not run over which files.
    pub file_ignores: Vec<FileIgnore>,
    /// What is not checked.
    pub exclude: Vec<FilePattern>,
    /// Whether that holds for files that are named on the command line.
    pub force_exclude: bool,
    /// Which templates only tests use; those in the folders that usually are for tests, where nothing says it.
    pub test_paths: Option<Vec<FilePattern>>,
    /// What is known of the deployment.
    pub deployment: Deployment,
    /// Templates that are one application.
    pub applications: Vec<Application>,
    /// Whether suppressions in the templates count.
    pub honours_suppressions: bool,
    /// The day that dates are held against, and the quotas of the account.
    pub circumstances: Circumstances,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            selection: Selection {
                profile: Profile::Default,
                select: Vec::new(),
                extend: Vec::new(),
                ignore: Vec::new(),
            },
            min_confidence: Confidence::Low,
            fail_on: FailOn::Warning,
            severities: Vec::new(),
            file_ignores: Vec::new(),
            exclude: Vec::new(),
            force_exclude: false,
            test_paths: None,
            deployment: Deployment::default(),
            applications: Vec::new(),
            honours_suppressions: true,
            circumstances: Circumstances::default(),
        }
    }
}

impl Settings {
    /// What the layers say together, the farthest first.
    ///
    /// A value replaces those of the layers before it; lists add up, and tables do so entry by entry. Which rules run
    /// is said afresh by each layer with a `select`, what was ignored before it included; a `profile` puts an end to
    /// the `select` of a layer before it.
    pub fn of<'l>(layers: impl IntoIterator<Item = &'l Layer>) -> Self {
        let mut settings = Self::default();
        for layer in layers {
            settings.choose(&layer.choices);
            settings.min_confidence = layer.min_confidence.unwrap_or(settings.min_confidence);
            settings.fail_on = layer.fail_on.unwrap_or(settings.fail_on);
            settings.exclude.extend_from_slice(&layer.exclude);
            settings.force_exclude = layer.force_exclude.unwrap_or(settings.force_exclude);
            if layer.test_paths.is_some() {
                settings.test_paths.clone_from(&layer.test_paths);
            }
            settings.deploy(&layer.deployment);
            settings.circumstances.limits.extend(&layer.limits);
            for application in &layer.applications {
                settings.applications.retain(|known| known.name != application.name);
                settings.applications.push(application.clone());
            }
        }
        settings
    }

    /// The severity that findings of a rule have in place of its own. What names fewer rules decides; of two that
    /// name as many, the nearer.
    pub fn severity_of(&self, page: &Page) -> Option<Severity> {
        let naming = self.severities.iter().filter(|(selector, _)| selector.names(page));
        // The last of equals, as `max_by_key` has it, is the nearest.
        let decides = naming.max_by_key(|(selector, _)| match selector {
            Selector::All => 0,
            Selector::Hundred(_) | Selector::Folder(_) => 1,
            Selector::Rule(_) => 2,
        });
        decides.map(|(_, severity)| *severity)
    }

    /// Whether a file is not to be checked; its path is absolute.
    pub fn excludes(&self, path: &Path) -> bool {
        self.exclude.iter().any(|pattern| pattern.matches(path))
    }

    fn choose(&mut self, choices: &Choices) {
        let selection = &mut self.selection;
        if let Some(profile) = choices.profile {
            selection.profile = profile;
            selection.select.clear();
        }
        if let Some(select) = &choices.select {
            selection.select.clone_from(select);
            selection.extend.clear();
            selection.ignore.clear();
        }
        selection.ignore.retain(|ignored| !choices.extend_select.contains(ignored));
        selection.extend.extend_from_slice(&choices.extend_select);
        selection.ignore.extend_from_slice(&choices.ignore);
        self.severities.extend_from_slice(&choices.severities);
        self.file_ignores.extend_from_slice(&choices.file_ignores);
    }

    fn deploy(&mut self, nearer: &Deployment) {
        let Deployment { parameters, parameter_files, environment, region } = nearer;
        let deployment = &mut self.deployment;
        deployment.parameters.extend(parameters.clone());
        deployment.parameter_files.extend_from_slice(parameter_files);
        if environment.is_some() {
            deployment.environment.clone_from(environment);
        }
        if region.is_some() {
            deployment.region.clone_from(region);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::Catalogue;

    use super::*;

    fn rule(id: &str) -> Selector {
        Selector::read(id, Catalogue::built_in()).unwrap()
    }

    fn choosing(choices: Choices) -> Layer {
        Layer { choices, ..Layer::default() }
    }

    fn runs(layers: &[Layer], id: &str) -> bool {
        Settings::of(layers).selection.includes(Catalogue::built_in().page(id).unwrap())
    }

    fn ignoring(ids: &[&str]) -> Layer {
        choosing(Choices { ignore: ids.iter().map(|id| rule(id)).collect(), ..Choices::default() })
    }

    fn selecting(ids: &[&str]) -> Layer {
        let select = Some(ids.iter().map(|id| rule(id)).collect());
        choosing(Choices { select, ..Choices::default() })
    }

    fn extending(ids: &[&str]) -> Layer {
        choosing(Choices { extend_select: ids.iter().map(|id| rule(id)).collect(), ..Choices::default() })
    }

    #[test]
    fn what_a_layer_ignores_stays_ignored_until_it_is_asked_for_again() {
        assert!(!runs(&[ignoring(&["SLP202"]), ignoring(&["SLP203"])], "SLP202"));
        assert!(runs(&[ignoring(&["SLP202"]), selecting(&["SLP202"])], "SLP202"));
        assert!(runs(&[ignoring(&["SLP202"]), extending(&["SLP202"])], "SLP202"));
        assert!(!runs(&[selecting(&["SLP202"]), ignoring(&["SLP202"])], "SLP202"));
    }

    #[test]
    fn a_nearer_selection_replaces_a_farther_one() {
        let layers = [selecting(&["SLP202"]), selecting(&["SLP101"])];
        assert!(runs(&layers, "SLP101") && !runs(&layers, "SLP202"));
    }

    #[test]
    fn a_nearer_profile_ends_a_farther_selection() {
        let strict = choosing(Choices { profile: Some(Profile::Strict), ..Choices::default() });
        assert!(runs(&[selecting(&["SLP101"]), strict.clone()], "SLP202"));
        assert!(!runs(&[strict, selecting(&["SLP101"])], "SLP202"));
    }

    #[test]
    fn a_rule_that_is_added_runs_beside_the_profile_with_all_of_its_grades() {
        let text = "---\nprofile: strict\n---\n# Strict\n\n## Rule\n```guard\nrule info { A exists }\n```\n";
        let strict = Page::read("ours", "ACME1-strict", text).unwrap();
        let usual = Catalogue::built_in().page("SLP202").unwrap();
        let extend_select = vec![Selector::Folder("ours".to_owned())];
        let added = choosing(Choices { extend_select, ..Choices::default() });
        let Settings { selection, .. } = Settings::of(&[added]);
        assert!(selection.includes(&strict) && selection.includes(usual));
        assert!(!Settings::default().selection.includes(&strict));
        assert_eq!(selection.grades_of(&strict), Profile::Pedantic);
        assert_eq!(selection.grades_of(usual), Profile::Default);
    }

    #[test]
    fn the_severity_of_a_rule_outranks_that_of_its_family_and_of_all() {
        let page = Catalogue::built_in().page("SLP202").unwrap();
        let severe = |pairs: &[(&str, Severity)]| {
            let severities = pairs.iter().map(|(id, severity)| (rule(id), *severity)).collect();
            choosing(Choices { severities, ..Choices::default() })
        };
        let far = severe(&[("SLP202", Severity::Error), ("queues", Severity::Info)]);
        let near = severe(&[("ALL", Severity::Info), ("SLP2", Severity::Warning)]);
        assert_eq!(Settings::of([&far, &near]).severity_of(page), Some(Severity::Error));
        let nearer = severe(&[("SLP202", Severity::Info)]);
        assert_eq!(Settings::of([&far, &near, &nearer]).severity_of(page), Some(Severity::Info));
        assert_eq!(Settings::of([&near]).severity_of(page), Some(Severity::Warning));
        assert_eq!(Settings::default().severity_of(page), None);
    }
}
