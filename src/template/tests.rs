//! Templates for the tests of this module, and what concerns it as a whole.

use crate::corpus;
use crate::source::Location;

use super::*;

/// A template from its text, with the flaws.
pub(super) fn read(text: &str) -> (Template, Vec<Flaw>) {
    read_for(text, &Deployment::default())
}

/// A template from its text, as it will be deployed.
pub(super) fn read_for(text: &str, deployment: &Deployment) -> (Template, Vec<Flaw>) {
    let path = if text.starts_with('{') { "t.json" } else { "t.yaml" };
    let document = Document::parse(path, text).document.expect("the test's text is sound");
    Template::read(Source::new(path, text), &document, Folder::none(), deployment)
}

/// A template from its text, which has no flaw.
pub(super) fn template(text: &str) -> Template {
    let (template, flaws) = read(text);
    assert_eq!(flaws, []);
    template
}

/// What a property of the one resource can be, in a template with these sections.
pub(super) fn told(sections: &str, value: &str) -> Vec<String> {
    let text = format!("{sections}\nResources:\n  R:\n    Type: T\n    Properties:\n      P: {value}\n");
    template(&text).told("R", "P")
}

impl Template {
    /// The property of a resource.
    pub(super) fn property(&self, resource: &str, property: &str) -> ValueId {
        let properties = self.resources[&self.names.intern(resource)].properties;
        let property = self.values.get(properties.expect("it has properties"), self.names.intern(property));
        property.expect("it has the property")
    }

    /// What a property can be, each alternative as `text` or `text when guard`.
    pub(super) fn told(&self, resource: &str, property: &str) -> Vec<String> {
        self.tell(&Resolver::new(self).resolve(self.property(resource, property)))
    }

    /// The alternatives of a value in words.
    pub(super) fn tell(&self, val: &Val) -> Vec<String> {
        let tell = |(guard, alt): &(Guard, Alt)| match *guard {
            Guard::ALWAYS => self.tell_alt(alt),
            _ => format!("{} when {}", self.tell_alt(alt), self.guards.words(&self.names, (*guard, true))),
        };
        val.alternatives.iter().map(tell).collect()
    }

    fn tell_alt(&self, alt: &Alt) -> String {
        let text = |name: Name| self.names.text(name);
        let resource = |id, attribute: Option<Name>| match attribute {
            Some(attribute) => format!("<{}.{}>", text(id), text(attribute)),
            None => format!("<{}>", text(id)),
        };
        match alt {
            Alt::Absent { at } => format!("absent at {}", self.sources[0].slice(at.key)),
            Alt::Scalar { text: scalar, through: None, .. } => text(*scalar).to_owned(),
            Alt::Scalar { text: scalar, through: Some(Through { parameter, by, .. }), .. } => match by {
                SetBy::Default => format!("{} by default of {}", text(*scalar), text(*parameter)),
                SetBy::Given => format!("{} as given for {}", text(*scalar), text(*parameter)),
                SetBy::Unpassed => format!("{} by default of {}, unpassed", text(*scalar), text(*parameter)),
                SetBy::Parent => format!("{} as passed for {}", text(*scalar), text(*parameter)),
            },
            Alt::OneOf { values, .. } => {
                values.iter().map(|value| text(*value)).collect::<Vec<_>>().join(" or ")
            }
            Alt::List(_) => "list".to_owned(),
            Alt::Map(_) => "map".to_owned(),
            Alt::Resource { id, attribute } => resource(*id, *attribute),
            Alt::Text(parts) => {
                let part = |part: &TextPart| match part {
                    TextPart::Known(known) => text(*known).to_owned(),
                    TextPart::Resource { id, attribute } => resource(*id, *attribute),
                    TextPart::Pseudo(name) => format!("<{}>", text(*name)),
                    TextPart::Unknown(unknown) => format!("<{}>", self.tell_unknown(*unknown)),
                };
                parts.iter().map(part).collect()
            }
            Alt::Unknown(unknown) => self.tell_unknown(*unknown),
        }
    }

    fn tell_unknown(&self, unknown: Unknown) -> String {
        match unknown {
            Unknown::Parameter(name) | Unknown::Pseudo(name) => format!("any {}", self.names.text(name)),
            Unknown::PartOf(name) => format!("part of {}", self.names.text(name)),
            Unknown::Undefined(name) => format!("undefined {}", self.names.text(name)),
            Unknown::Import
            | Unknown::Circular
            | Unknown::DynamicReference
            | Unknown::Mapping
            | Unknown::NoRow
            | Unknown::Macro
            | Unknown::Zones
            | Unknown::Function
            | Unknown::TooMany => format!("{unknown:?}"),
        }
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "what was read is told, and that nothing was")]
fn every_file_of_the_corpus_is_read_with_every_place_inside_it() {
    let Some(templates) = corpus::templates() else { return };
    let [mut count, mut fragments, mut open] = [0; 3];
    for path in templates {
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let shown = path.display().to_string();
        let Some(document) = Document::parse(&shown, &text).document else { continue };
        let (template, flaws) =
            Template::read(Source::new(&*shown, text), &document, Folder::of(&path), &Deployment::default());
        let is_inside = |Location { file, span }: Location| {
            template.sources[file.0 as usize].text().get(span.range()).is_some()
        };
        assert!(flaws.iter().all(|flaw| is_inside(flaw.location)), "{shown}: {flaws:?}");
        let resolver = Resolver::new(&template);
        for (id, value) in template.values.iter() {
            let origin = value.origin;
            assert!(is_inside(origin.at_key()) && is_inside(origin.at_value()), "{shown}: {value:?}");
            let val = resolver.resolve(id);
            assert!((1..=Val::MOST_ALTERNATIVES).contains(&val.alternatives.len()), "{shown}: {val:?}");
        }
        count += 1;
        fragments += usize::from(template.own.is_fragment());
        open += usize::from(template.own.has_open_resources());
    }
    assert!(count > 1000, "the corpus has {count} files");
    println!("{count} files, of which {fragments} are fragments and {open} are open");
}
