//! A value is what stands in a section after both spellings of the intrinsics have become one.

use std::cell::RefCell;

use elsa::FrozenVec;
use rustc_hash::FxHashMap;

use crate::names::{Name, Names};
use crate::source::Span;

use super::alternative::Through;
use super::origin::Origin;

/// A value of one template: an index into its [`Values`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ValueId(u32);

impl ValueId {
    /// The same value among those of another template, which follow `first` others there.
    pub(super) fn moved_by(self, first: usize) -> Self {
        Self(self.0 + first as u32)
    }
}

/// A value and its place.
#[derive(Clone, Debug)]
pub(crate) struct Value {
    /// Where the author wrote it, or wrote what made it.
    pub origin: Origin,
    /// What it is.
    pub data: Data,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(crate) enum Data {
    /// A scalar as written; whether it was plain decides what type it can have.
    Scalar {
        /// The text.
        text: Name,
        /// Neither quoted nor a block.
        is_plain: bool,
    },
    /// A list.
    List(Vec<ValueId>),
    /// A map in the author's order, each key once.
    Map(Vec<Entry>),
    /// An intrinsic function.
    Call(Box<Call>),
}

/// One entry of a map; the key's place is in the value's origin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    /// The key.
    pub key: Name,
    /// The value.
    pub value: ValueId,
}

/// An intrinsic function with its arguments.
#[derive(Clone, Debug)]
pub(crate) enum Call {
    /// `Ref`: a parameter, a resource or a pseudo parameter.
    Ref(Name),
    /// `Fn::GetAtt`: a resource and an attribute, which may be dotted (`Outputs.QueueArn`).
    GetAtt(Name, Name),
    /// `Fn::Sub`, its text taken apart.
    Sub {
        /// The text.
        parts: Vec<SubPart>,
        /// Where it stands, in the file of the call; nothing where no author wrote it.
        text: Option<Span>,
    },
    /// `Fn::Join`.
    Join {
        /// The text between the items.
        separator: Name,
        /// The list, or an intrinsic that gives one.
        items: ValueId,
    },
    /// `Fn::Select`.
    Select {
        /// The index, from 0.
        index: ValueId,
        /// The list.
        items: ValueId,
    },
    /// `Fn::Split`.
    Split {
        /// The text between the items.
        separator: Name,
        /// The text to split.
        text: ValueId,
    },
    /// `Fn::If`.
    If {
        /// A name in `Conditions`.
        condition: Name,
        /// The value where it holds.
        then: ValueId,
        /// The value where it does not.
        otherwise: ValueId,
    },
    /// `Fn::FindInMap`.
    FindInMap {
        /// The map's name.
        map: ValueId,
        /// The top-level key.
        top: ValueId,
        /// The second-level key.
        second: ValueId,
        /// `DefaultValue` of the language extensions.
        default: Option<ValueId>,
    },
    /// `Fn::ImportValue`.
    ImportValue(ValueId),
    /// `Fn::Base64`.
    Base64(ValueId),
    /// `Fn::ToJsonString`.
    ToJsonString(ValueId),
    /// `Fn::Equals`.
    Equals(ValueId, ValueId),
    /// `Fn::And`.
    And(Vec<ValueId>),
    /// `Fn::Or`.
    Or(Vec<ValueId>),
    /// `Fn::Not`.
    Not(ValueId),
    /// `Condition`, inside a condition.
    Condition(Name),
    /// `Fn::Transform`: a macro that rewrites what stands beside it.
    Transform(ValueId),
    /// Any other function (`Fn::Length`, `Fn::Cidr`, `Fn::GetStackOutput`, `Fn::Contains`), or one of the above
    /// with arguments of the wrong shape, whose value is unknown.
    Other {
        /// `Fn::Cidr`.
        function: Name,
        /// The argument as written.
        argument: ValueId,
    },
}

/// A piece of the text of `Fn::Sub`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SubPart {
    /// Text; `${!Literal}` has become `${Literal}`.
    Text(Name),
    /// `${Name}`: a parameter, resource or pseudo parameter.
    Ref(Name),
    /// `${Resource.Attribute}`.
    GetAtt(Name, Name),
    /// `${Variable}` that the function's own map binds.
    Bound(Name, ValueId),
}

/// The values of one template.
#[derive(Default)]
pub(crate) struct Values {
    nodes: Vec<Value>,
    /// The keys that make a map open: `Fn::Transform`, and `Fn::ForEach::…` as they occur. A map with one of
    /// them stays a map and keeps it as an entry, so that a merged or copied map is as open as its parts.
    opening_keys: Vec<Name>,
    made: FrozenVec<Box<Made>>,
    made_lists: RefCell<FxHashMap<(ValueId, Making), ValueId>>,
}

/// A value that nobody wrote: a list that a function gives, or an item of one.
struct Made {
    value: Value,
    through: Option<Through>,
}

/// What the items of a made list are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Making {
    /// Texts, cut from one that is known.
    Texts {
        /// The items.
        texts: Vec<Name>,
        /// Whether a text that looks like a number is one.
        is_plain: bool,
        /// The parameter that they come through.
        through: Option<Through>,
    },
    /// So many items, of which nothing else is known.
    Length(usize),
}

impl Values {
    /// The bit of the ids of made values: they are made while others are still being added.
    const MADE: u32 = 1 << 31;

    /// Keeps a value.
    pub(crate) fn add(&mut self, origin: Origin, data: Data) -> ValueId {
        self.nodes.push(Value { origin, data });
        ValueId(self.nodes.len() as u32 - 1)
    }

    /// The value.
    pub(crate) fn data(&self, id: ValueId) -> &Data {
        &self.value(id).data
    }

    /// Its place.
    pub(crate) fn origin(&self, id: ValueId) -> Origin {
        self.value(id).origin
    }

    fn value(&self, id: ValueId) -> &Value {
        match id.0.checked_sub(Self::MADE) {
            Some(made) => &self.made[made as usize].value,
            None => &self.nodes[id.0 as usize],
        }
    }

    /// The parameter that a made list, or an item of one, comes through.
    pub(crate) fn through(&self, id: ValueId) -> Option<Through> {
        id.0.checked_sub(Self::MADE).and_then(|made| self.made[made as usize].through)
    }

    /// The list that the function at `source` gives, the same whenever it is asked for.
    pub(super) fn list_made(&self, names: &Names, source: ValueId, making: Making) -> ValueId {
        let known = self.made_lists.borrow().get(&(source, making.clone())).copied();
        if let Some(list) = known {
            return list;
        }
        let scalar = |text, is_plain| Data::Scalar { text, is_plain };
        let (items, through) = match &making {
            Making::Texts { texts, is_plain, through } => {
                let item = |text: &Name| self.make(source, scalar(*text, *is_plain), *through);
                (texts.iter().map(item).collect(), *through)
            }
            Making::Length(length) => {
                let item = |index: usize| {
                    let index = self.make(source, scalar(names.intern(&index.to_string()), true), None);
                    self.make(source, Data::Call(Box::new(Call::Select { index, items: source })), None)
                };
                ((0..*length).map(item).collect(), None)
            }
        };
        let list = self.make(source, Data::List(items), through);
        self.made_lists.borrow_mut().insert((source, making), list);
        list
    }

    fn make(&self, source: ValueId, data: Data, through: Option<Through>) -> ValueId {
        let value = Value { origin: self.origin(source), data };
        let made = ValueId(Self::MADE | self.made.len() as u32);
        self.made.push(Box::new(Made { value, through }));
        made
    }

    /// The entries of a map; nothing for other values.
    pub(crate) fn entries(&self, id: ValueId) -> &[Entry] {
        match self.data(id) {
            Data::Map(entries) => entries,
            Data::Scalar { .. } | Data::List(_) | Data::Call(_) => &[],
        }
    }

    /// The items of a list; nothing for other values.
    pub(crate) fn items(&self, id: ValueId) -> &[ValueId] {
        match self.data(id) {
            Data::List(items) => items,
            Data::Scalar { .. } | Data::Map(_) | Data::Call(_) => &[],
        }
    }

    /// A map's value for a key.
    pub(crate) fn get(&self, id: ValueId, key: Name) -> Option<ValueId> {
        self.entries(id).iter().find(|entry| entry.key == key).map(|entry| entry.value)
    }

    /// Whether a map may have keys that the author did not write: a macro or a loop writes into it. What is
    /// not there is unknown then, and not absent.
    pub(crate) fn is_open(&self, id: ValueId) -> bool {
        match self.data(id) {
            Data::Map(entries) => entries.iter().any(|entry| self.opening_keys.contains(&entry.key)),
            Data::Call(call) => matches!(**call, Call::Transform(_)),
            Data::Scalar { .. } | Data::List(_) => false,
        }
    }

    /// From now on a map with this key is open.
    pub(super) fn add_opening_key(&mut self, key: Name) {
        if !self.opening_keys.contains(&key) {
            self.opening_keys.push(key);
        }
    }

    /// The keys that make a map open.
    pub(super) fn opening_keys(&self) -> &[Name] {
        &self.opening_keys
    }

    /// Whether any map has a loop (`Fn::ForEach`), whose variables are referred to like parameters.
    pub(super) fn has_loop(&self, names: &Names) -> bool {
        self.opening_keys.iter().any(|key| names.text(*key).starts_with("Fn::ForEach::"))
    }

    /// How many values there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Every value, in the order in which they were made.
    pub(super) fn iter(&self) -> impl Iterator<Item = (ValueId, &Value)> {
        self.nodes.iter().enumerate().map(|(index, value)| (ValueId(index as u32), value))
    }

    /// The text of a scalar.
    pub(crate) fn text(&self, id: ValueId) -> Option<Name> {
        match self.data(id) {
            Data::Scalar { text, .. } => Some(*text),
            Data::List(_) | Data::Map(_) | Data::Call(_) => None,
        }
    }
}
