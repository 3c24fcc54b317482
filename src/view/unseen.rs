//! Why something in the view is not known.

use crate::names::Name;
use crate::template::{Alt, TextPart, Unknown};

/// One reason. A text may have several: each piece of it that is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unseen {
    /// The template says no more of the value.
    Value(Unknown),
    /// A parameter that allows more values than are followed.
    ManyValues(Name),
    /// What a resource of this template will be called, or an attribute of it.
    Resource {
        /// Logical id.
        id: Name,
        /// `Arn`; none for what `Ref` gives.
        attribute: Option<Name>,
    },
    /// It is written, and is not what this property takes.
    Form,
    /// Another file may set it: this one is a part of a template.
    OtherFile,
    /// A transform, a macro or a loop may write here.
    Macro,
    /// A conclusion that the template is not enough for, by its name: `Fifo`.
    Conclusion(&'static str),
}

impl Unseen {
    /// Why an alternative that has no node of its own is unknown.
    pub(super) fn in_alternative(alt: &Alt) -> Vec<Self> {
        match alt {
            Alt::Unknown(unknown) => vec![Self::Value(*unknown)],
            Alt::Resource { id, attribute } => vec![Self::Resource { id: *id, attribute: *attribute }],
            Alt::Text(parts) => Self::in_text(parts),
            Alt::OneOf { parameter, .. } => vec![Self::ManyValues(*parameter)],
            Alt::Absent { .. } | Alt::Scalar { .. } | Alt::List(_) | Alt::Map(_) => vec![Self::Form],
        }
    }

    /// Each reason once; a text of thousands of pieces has few.
    fn in_text(parts: &[TextPart]) -> Vec<Self> {
        const MOST: usize = 4;
        let mut reasons = Vec::new();
        for part in parts {
            let reason = match part {
                TextPart::Known(_) => continue,
                TextPart::Resource { id, attribute } => Self::Resource { id: *id, attribute: *attribute },
                TextPart::Pseudo(name) => Self::Value(Unknown::Pseudo(*name)),
                TextPart::Unknown(unknown) => Self::Value(*unknown),
            };
            if reasons.len() < MOST && !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        reasons
    }
}
