//! Texts put together from pieces of which some are known.

use smallvec::{SmallVec, smallvec};

use crate::names::{Name, Names};

use super::alternative::{Alt, TextPart, Through, Unknown, Val};
use super::condition::Guard;
use super::evaluate::Cases;
use super::{Origin, Template};

/// A scalar that is known, but for the dynamic references (`{{resolve:ssm:…}}`) in it.
pub(super) fn scalar(
    names: &Names,
    text: Name,
    is_plain: bool,
    origin: Origin,
    through: Option<Through>,
) -> Alt {
    let mut rest = names.text(text);
    if memchr::memchr(b'{', rest.as_bytes()).is_none() || !rest.contains(DYNAMIC) {
        return Alt::Scalar { text, is_plain, origin, through };
    }
    let mut parts = Vec::new();
    while let Some(start) = rest.find(DYNAMIC) {
        if start > 0 {
            parts.push(TextPart::Known(names.intern(&rest[..start])));
        }
        parts.push(TextPart::Unknown(Unknown::DynamicReference));
        rest = rest[start..].split_once("}}").map_or("", |(_, after)| after);
    }
    if !rest.is_empty() {
        parts.push(TextPart::Known(names.intern(rest)));
    }
    match parts[..] {
        [_] => Alt::Unknown(Unknown::DynamicReference),
        _ => Alt::Text(parts),
    }
}

const DYNAMIC: &str = "{{resolve:";

/// Puts texts together: one for each combination of its pieces' alternatives that can hold.
pub(super) struct Composer<'t> {
    template: &'t Template,
    /// What stands between pieces, for `Fn::Join`.
    separator: Option<&'t str>,
    texts: SmallVec<[(Guard, Text); 1]>,
    under: Guard,
    are_too_many: bool,
}

#[derive(Clone, Default)]
struct Text {
    parts: Vec<TextPart>,
    /// What is known at the end, not yet a part.
    tail: String,
    through: Option<Through>,
    is_started: bool,
}

impl<'t> Composer<'t> {
    /// The largest template that CloudFormation accepts.
    const MOST_BYTES: usize = 1 << 20;
    /// Parts of one text.
    const MOST_PARTS: usize = 10_000;

    /// An empty text where `under` holds.
    pub(super) fn new(template: &'t Template, under: Guard, separator: Option<&'t str>) -> Self {
        let texts = smallvec![(under, Text::default())];
        Self { template, separator, texts, under, are_too_many: false }
    }

    /// Appends a text.
    pub(super) fn add_text(&mut self, text: &str) {
        for (_, composed) in &mut self.texts {
            composed.separate(self.separator);
            composed.tail.push_str(text);
        }
        self.hold_bounds();
    }

    /// Appends one alternative.
    pub(super) fn add(&mut self, alt: &Alt) {
        for (_, composed) in &mut self.texts {
            composed.add(&self.template.names, alt, self.separator);
        }
        self.hold_bounds();
    }

    /// Appends a value in all its alternatives.
    pub(super) fn add_val(&mut self, val: &Val) {
        if let Some(alt) = val.only() {
            return self.add(alt);
        }
        let guards = &self.template.guards;
        let mut texts = SmallVec::new();
        for (guard, composed) in &self.texts {
            for (other, alt) in &val.alternatives {
                let both = guards.and(*guard, *other);
                if texts.len() <= Val::MOST_ALTERNATIVES && guards.can_hold(&[(both, true)]) {
                    let mut composed = composed.clone();
                    composed.add(&self.template.names, alt, self.separator);
                    texts.push((both, composed));
                }
            }
        }
        self.texts = texts;
        self.hold_bounds();
    }

    /// Adds the texts to `cases`.
    pub(super) fn finish(self, origin: Origin, cases: &mut Cases) {
        if self.are_too_many {
            return cases.push(self.under, Alt::Unknown(Unknown::TooMany));
        }
        for (guard, composed) in self.texts {
            let alt = match composed.finish(&self.template.names, origin) {
                // Nothing was put before or behind it.
                Alt::Unknown(Unknown::Parameter(name)) => self.template.one_of(name),
                alt => alt,
            };
            cases.push(guard, alt);
        }
    }

    /// Whether there are more texts, or longer ones, than are followed: nothing that is appended changes that.
    pub(super) fn is_given_up(&self) -> bool {
        self.are_too_many
    }

    fn hold_bounds(&mut self) {
        let is_long = |text: &Text| text.tail.len() > Self::MOST_BYTES || text.parts.len() > Self::MOST_PARTS;
        if self.texts.len() > Val::MOST_ALTERNATIVES || self.texts.iter().any(|(_, text)| is_long(text)) {
            self.are_too_many = true;
            self.texts.clear();
        }
    }
}

impl Text {
    fn add(&mut self, names: &Names, alt: &Alt, separator: Option<&str>) {
        // In a list `AWS::NoValue` takes its separator with it.
        if separator.is_some() && matches!(alt, Alt::Absent { .. }) {
            return;
        }
        self.separate(separator);
        match alt {
            Alt::Scalar { text, through, .. } => {
                self.tail.push_str(names.text(*text));
                self.through = Through::both(self.through, *through);
            }
            Alt::Text(parts) => {
                for part in parts {
                    match part {
                        TextPart::Known(text) => self.tail.push_str(names.text(*text)),
                        TextPart::Resource { .. } | TextPart::Pseudo(_) | TextPart::Unknown(_) => {
                            self.add_part(names, part.clone());
                        }
                    }
                }
            }
            Alt::Resource { id, attribute } => {
                self.add_part(names, TextPart::Resource { id: *id, attribute: *attribute });
            }
            Alt::OneOf { parameter, .. } => {
                self.add_part(names, TextPart::Unknown(Unknown::Parameter(*parameter)));
            }
            Alt::Unknown(Unknown::Pseudo(name)) => self.add_part(names, TextPart::Pseudo(*name)),
            Alt::Absent { .. } | Alt::List(_) | Alt::Map(_) | Alt::Unknown(Unknown::Zones) => {
                self.add_part(names, TextPart::Unknown(Unknown::Function));
            }
            Alt::Unknown(unknown) => self.add_part(names, TextPart::Unknown(*unknown)),
        }
    }

    fn add_part(&mut self, names: &Names, part: TextPart) {
        self.flush(names);
        self.parts.push(part);
    }

    fn flush(&mut self, names: &Names) {
        if !self.tail.is_empty() {
            self.parts.push(TextPart::Known(names.intern(&self.tail)));
            self.tail.clear();
        }
    }

    fn separate(&mut self, separator: Option<&str>) {
        if self.is_started {
            self.tail.push_str(separator.unwrap_or_default());
        }
        self.is_started = true;
    }

    fn finish(mut self, names: &Names, origin: Origin) -> Alt {
        if self.parts.is_empty() {
            return scalar(names, names.intern(&self.tail), false, origin, self.through);
        }
        self.flush(names);
        match self.parts[..] {
            [TextPart::Resource { id, attribute }] => Alt::Resource { id, attribute },
            [TextPart::Pseudo(name)] => Alt::Unknown(Unknown::Pseudo(name)),
            [TextPart::Unknown(unknown)] => Alt::Unknown(unknown),
            _ => Alt::Text(self.parts),
        }
    }
}
