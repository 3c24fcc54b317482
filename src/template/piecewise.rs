//! When a text that is put together from parameters equals one that is known.

use crate::names::Name;

use super::alternative::{Alt, TextPart, Unknown};
use super::condition::Guard;
use super::resolve::Resolver;

/// A text in the making: what it is compared with, and how many more steps the comparison may take.
struct Comparing<'t> {
    resolver: Resolver<'t>,
    steps: usize,
}

/// What is certain of a text that is known in part.
pub(crate) struct Ends<'t> {
    /// How it starts.
    pub(crate) start: &'t str,
    /// How it ends, behind the start.
    pub(crate) end: &'t str,
    /// How many characters it has at least.
    pub(crate) least: usize,
}

impl<'t> Resolver<'t> {
    /// How a text starts and ends.
    pub(crate) fn ends(self, parts: &[TextPart]) -> Ends<'t> {
        let known = |part: &TextPart| match part {
            TextPart::Known(text) => self.template().names.text(*text),
            TextPart::Resource { .. } | TextPart::Pseudo(_) | TextPart::Unknown(_) => "",
        };
        Ends {
            start: parts.first().map_or("", known),
            end: parts.get(1..).and_then(<[_]>::last).map_or("", known),
            least: parts.iter().map(|part| known(part).chars().count()).sum(),
        }
    }

    /// All texts that parts can be together, where one parameter decides it that lists what it allows.
    pub(crate) fn listed(self, parts: &[TextPart]) -> Option<(Name, Vec<Name>)> {
        let names = &self.template().names;
        let mut parameter = None;
        for part in parts.iter().filter(|part| !matches!(part, TextPart::Known(_))) {
            let TextPart::Unknown(Unknown::Parameter(name)) = part else { return None };
            if *parameter.get_or_insert(*name) != *name {
                return None;
            }
        }
        let Alt::OneOf { parameter, values } = self.template().one_of(parameter?) else { return None };
        let filled = |value: Name| {
            let piece = |part: &TextPart| match part {
                TextPart::Known(text) => names.text(*text),
                TextPart::Resource { .. } | TextPart::Pseudo(_) | TextPart::Unknown(_) => names.text(value),
            };
            names.intern(&parts.iter().map(piece).collect::<String>())
        };
        Some((parameter, values.into_iter().map(filled).collect()))
    }

    /// Where the parts are a text together; nothing if that cannot be said in terms of single parameters, as with
    /// two of them side by side that may be anything.
    pub(super) fn is_text(self, parts: &[TextPart], text: Name) -> Option<Guard> {
        let text = self.template().names.text(text);
        Comparing { resolver: self, steps: 256 }.rest(parts, text)
    }

    /// The parameter or pseudo parameter that a part is, if conditions can ask about it.
    fn variable(self, part: &TextPart) -> Option<Name> {
        match part {
            TextPart::Pseudo(name) | TextPart::Unknown(Unknown::Parameter(name)) => {
                self.texts_of(*name).map(|_| *name)
            }
            TextPart::Known(_) | TextPart::Resource { .. } | TextPart::Unknown(_) => None,
        }
    }
}

impl Comparing<'_> {
    fn rest(&mut self, parts: &[TextPart], text: &str) -> Option<Guard> {
        self.steps = self.steps.checked_sub(1)?;
        let template = self.resolver.template();
        let known = |name: Name| template.names.text(name);
        match parts {
            [] if text.is_empty() => Some(Guard::ALWAYS),
            [] => Some(Guard::NEVER),
            [TextPart::Known(first), rest @ ..] => match text.strip_prefix(known(*first)) {
                Some(text) => self.rest(rest, text),
                None => Some(Guard::NEVER),
            },
            [rest @ .., TextPart::Known(last)] => match text.strip_suffix(known(*last)) {
                Some(text) => self.rest(rest, text),
                None => Some(Guard::NEVER),
            },
            _ if !self.have_room(parts, text) => Some(Guard::NEVER),
            [first, rest @ ..] => {
                let name = self.resolver.variable(first)?;
                let allowed = self.resolver.texts_of(name)?;
                if rest.is_empty() {
                    return Some(self.resolver.equals(name, template.names.intern(text)));
                }
                if allowed.is_empty() {
                    return None;
                }
                let mut any = Guard::NEVER;
                for value in allowed {
                    if let Some(text) = text.strip_prefix(known(*value)) {
                        let both =
                            template.guards.and(self.resolver.equals(name, *value), self.rest(rest, text)?);
                        any = template.guards.or(any, both);
                    }
                }
                Some(any)
            }
        }
    }
    /// Whether the text has the known parts one behind the other, whatever the others are.
    fn have_room(&self, parts: &[TextPart], text: &str) -> bool {
        let mut rest = Some(text);
        for part in parts {
            if let TextPart::Known(known) = part {
                let known = self.resolver.template().names.text(*known);
                rest = rest.and_then(|rest| rest.split_once(known)).map(|(_, after)| after);
            }
        }
        rest.is_some()
    }
}
