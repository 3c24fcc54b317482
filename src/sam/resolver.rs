//! `Functions` and `Resolvers` of a GraphQL API: the steps that answer a field, and the pipelines that line
//! them up.

use crate::names::Name;
use crate::template::{Data, Entry, Origin, ValueId};

use super::graph_ql::Part;
use super::make::PropertyTable;
use super::{Expansion, Subject};

const FUNCTION: PropertyTable = PropertyTable {
    renamed: &[("CodeUri", "CodeS3Location"), ("InlineCode", "Code"), ("Sync", "SyncConfig")],
    consumed: &["DataSource", "Id", "Name", "Runtime"],
};

/// The transform accepts `Sync` and does not use it.
const RESOLVER: PropertyTable = PropertyTable {
    renamed: &[("Caching", "CachingConfig"), ("CodeUri", "CodeS3Location"), ("InlineCode", "Code")],
    consumed: &["FieldName", "Pipeline", "Runtime", "Sync"],
};

const RUNTIME: PropertyTable = PropertyTable { renamed: &[("Version", "RuntimeVersion")], consumed: &[] };

/// What a resolver does around its pipeline unless its author says otherwise: nothing.
const PASSING_ON: &str = "
export function request(ctx) {
    return {};
}

export function response(ctx) {
    return ctx.prev.result;
}
";

impl Expansion<'_> {
    /// The functions `<G><name>`; one that has only an `Id` is elsewhere.
    pub(super) fn make_pipeline_functions(&mut self, subject: &Subject) {
        for part in self.parts(subject, subject.properties, "Functions") {
            let properties = Some(part.properties);
            if let Some(id) = self.property(properties, "Id") {
                if self.template.values.entries(part.properties).len() > 1 {
                    let message =
                        format!("The function {} has Id beside other properties", self.text_of(part.name));
                    self.tell_unless_open(properties, self.template.values.origin(id).at_key(), &message);
                }
                continue;
            }
            let mut entries = self.carried(properties, &FUNCTION);
            let name = match self.property(properties, "Name") {
                Some(name) => name,
                None => self.text_named(part.at, part.name),
            };
            self.put_api_id(subject, part.at, &mut entries);
            self.put(&mut entries, "Name", name);
            let source = self.source_of(subject, part);
            self.put_some(&mut entries, "DataSourceName", source);
            if !self.has_code(part) {
                let message =
                    format!("The function {} has neither InlineCode nor CodeUri", self.text_of(part.name));
                self.tell_unless_open(properties, part.at.at_key(), &message);
            }
            self.put_runtime(part, &mut entries);
            let id = self.part_id(subject, part);
            self.make_part(subject, part.at, id, "AWS::AppSync::FunctionConfiguration", entries);
        }
    }

    /// The name of a function's data source: an intrinsic is the author's, a text names one of `DataSources`.
    fn source_of(&mut self, subject: &Subject, part: Part) -> Option<ValueId> {
        let Some(written) = self.property(Some(part.properties), "DataSource") else {
            let message = format!("The function {} has no DataSource", self.text_of(part.name));
            self.tell_unless_open(Some(part.properties), part.at.at_key(), &message);
            return None;
        };
        let Some(name) = self.scalar(Some(written)) else {
            return Some(written);
        };
        if let Some(id) = self.source_named(subject, written) {
            let at = self.place_of(written);
            return Some(self.attribute(at, id, "Name"));
        }
        if !self.has_open_sources(subject) {
            let message = format!("DataSources has no {name}");
            self.tell(self.template.values.origin(written).at_value(), message);
        }
        Some(written)
    }

    /// The resolvers `<G><type><name>`, one for each field.
    pub(super) fn make_resolvers(&mut self, subject: &Subject) {
        for of_type in self.parts(subject, subject.properties, "Resolvers") {
            let type_name = self.text_of(of_type.name).to_owned();
            for part in self.parts_of(subject, of_type.properties, &type_name) {
                self.make_resolver(subject, of_type, part);
            }
        }
    }

    fn make_resolver(&mut self, subject: &Subject, of_type: Part, part: Part) {
        let at = part.at;
        let properties = Some(part.properties);
        let mut entries = self.carried(properties, &RESOLVER);
        let field = match self.property(properties, "FieldName") {
            Some(field) => field,
            None => self.text_named(at, part.name),
        };
        let type_name = self.text_named(of_type.at, of_type.name);
        self.put_api_id(subject, at, &mut entries);
        self.put(&mut entries, "TypeName", type_name);
        self.put(&mut entries, "FieldName", field);
        if self.has_code(part) {
            self.put_runtime(part, &mut entries);
        } else if !self.template.values.is_open(part.properties) {
            let code = self.text(at, PASSING_ON);
            let name = self.text(at, "APPSYNC_JS");
            let version = self.text(at, "1.0.0");
            let runtime = self.map(at, &[("Name", name), ("RuntimeVersion", version)]);
            self.put(&mut entries, "Code", code);
            self.put(&mut entries, "Runtime", runtime);
        }
        if let Some(steps) = self.steps_of(subject, part) {
            let origin = self.template.values.origin(steps);
            let kind = self.text(origin.generated(), "PIPELINE");
            let pipeline = self.map(origin, &[("Functions", steps)]);
            self.put(&mut entries, "Kind", kind);
            self.put(&mut entries, "PipelineConfig", pipeline);
        }
        let schema = self.text_named(at, self.schema_id(subject));
        let depends_on = self.list(at, vec![schema]);
        let key = self.name("DependsOn");
        let id = self.id(&[self.text_of(subject.id), self.text_of(of_type.name), self.text_of(part.name)]);
        let resolver = self.make_part(subject, at, id, "AWS::AppSync::Resolver", entries);
        resolver.attributes.insert(key, depends_on);
    }

    /// The ids of the functions in a resolver's pipeline.
    fn steps_of(&mut self, subject: &Subject, part: Part) -> Option<ValueId> {
        let name = self.text_of(part.name);
        let written = self.property(Some(part.properties), "Pipeline");
        let Some(written) = written.filter(|written| !self.is_empty_list(*written)) else {
            let message = format!("The resolver {name} has no Pipeline, and SAM makes no other resolvers");
            self.tell_unless_open(Some(part.properties), part.at.at_key(), &message);
            return None;
        };
        let origin = self.template.values.origin(written);
        let Data::List(items) = self.template.values.data(written) else {
            let message = format!("The Pipeline of {name} is not a list of functions");
            self.tell_unless_open(Some(written), origin.at_value(), &message);
            return Some(written);
        };
        let steps = items.clone().into_iter().map(|step| self.step(subject, step)).collect();
        Some(self.list(origin, steps))
    }

    fn is_empty_list(&self, value: ValueId) -> bool {
        matches!(self.template.values.data(value), Data::List(items) if items.is_empty())
    }

    /// The id of one function of `Functions`.
    fn step(&mut self, subject: &Subject, step: ValueId) -> ValueId {
        let at = self.place_of(step);
        let functions = self.property(subject.properties, "Functions");
        let Some(name) = self.template.values.text(step) else {
            let message = "A step of a Pipeline is not the name of a function".to_owned();
            self.tell(at.at_value(), message);
            return step;
        };
        let Some(function) = functions.and_then(|functions| self.template.values.get(functions, name)) else {
            let may_be_there = [functions, subject.properties]
                .into_iter()
                .flatten()
                .any(|map| self.template.values.is_open(map));
            if !may_be_there {
                let message = format!("Functions has no {}", self.text_of(name));
                self.tell(at.at_value(), message);
            }
            return step;
        };
        match self.property(Some(function), "Id") {
            Some(id) => id,
            None => self.step_id(subject, at, name),
        }
    }

    fn step_id(&mut self, subject: &Subject, at: Origin, function: Name) -> ValueId {
        let id = self.id_after(subject.id, self.text_of(function));
        self.attribute(at, id, "FunctionId")
    }

    /// Whether a function or resolver has code. It should not have it twice.
    fn has_code(&mut self, part: Part) -> bool {
        let inline = self.property(Some(part.properties), "InlineCode");
        let file = self.property(Some(part.properties), "CodeUri");
        if let (Some(_), Some(file)) = (inline, file) {
            let message = format!("{} has both InlineCode and CodeUri", self.text_of(part.name));
            self.tell(self.template.values.origin(file).at_key(), message);
        }
        inline.or(file).is_some()
    }

    /// Adds what the code runs on, which has to be said.
    fn put_runtime(&mut self, part: Part, entries: &mut Vec<Entry>) {
        let Some(runtime) = self.property(Some(part.properties), "Runtime") else {
            let message = format!("{} has no Runtime", self.text_of(part.name));
            self.tell_unless_open(Some(part.properties), part.at.at_key(), &message);
            return;
        };
        let runtime = if self.is_map(runtime) {
            self.tell_missing(runtime, "Name", "Runtime");
            self.tell_missing(runtime, "Version", "Runtime");
            let origin = self.template.values.origin(runtime);
            let entries = self.carried(Some(runtime), &RUNTIME);
            self.map_of(origin, entries)
        } else {
            let location = self.template.values.origin(runtime).at_value();
            self.tell_unless_open(Some(runtime), location, "Runtime is not a map");
            runtime
        };
        self.put(entries, "Runtime", runtime);
    }
}
