//! What one stack is handed by another: the parameters that its parent passes, the outputs of the stacks that it
//! nests, and what others export.

use std::cell::{Cell, RefCell};

use rustc_hash::FxHashMap;

use crate::names::Name;

use super::alternative::{Alt, Passed, SetBy, Through, Unknown, Val};
use super::condition::Guard;
use super::evaluate::{Cases, is_filled_by_ssm};
use super::resolve::Resolver;
use super::text::scalar;
use super::value::{Call, Data, ValueId};
use super::{NameMap, Origin, Parameter, Template};

/// Something that comes from another stack.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Handed {
    /// What is passed for a parameter.
    Parameter(Name),
    /// The output of a nested stack: the resource that deploys it, and the output's name.
    Output(Name, Name),
    /// What is exported under a name.
    Export(Name),
}

/// What the stacks of one template hand to one another.
#[derive(Default)]
pub(crate) struct Handovers {
    /// The values of `Outputs` that are exported, by the name of the export.
    exports: NameMap<ValueId>,
    /// Each is worked out once with parameters' defaults and once without, however often it is asked for; one that
    /// needs itself is found here unknown.
    known: RefCell<FxHashMap<(Handed, bool), Val>>,
    depth: Cell<usize>,
}

impl Template {
    /// Learns what the stacks that are there export. A name that two stacks export is not known to be either's:
    /// they are not deployed side by side.
    pub(super) fn learn_exports(&mut self) {
        let resolver = Resolver::new(self);
        let mut exports: NameMap<Option<ValueId>> = NameMap::default();
        for (name, value) in self.stacks().flat_map(|stack| resolver.exports(stack.outputs)) {
            exports.entry(name).and_modify(|known| *known = None).or_insert(Some(value));
        }
        let exports = exports.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        // What was worked out with fewer stacks may be known better now.
        self.handovers = Handovers { exports, ..Handovers::default() };
    }
}

impl<'t> Resolver<'t> {
    /// From stack to stack; more is a circle or an attack.
    const MOST_HANDOVERS: usize = 32;

    /// The exports in a section of outputs whose names are known: the name, and the value.
    pub(crate) fn exports(self, outputs: Option<ValueId>) -> impl Iterator<Item = (Name, ValueId)> + 't {
        let Template { names, values, .. } = self.template();
        let keys = [names.find("Export"), names.find("Name"), names.find("Value")];
        let outputs = outputs.map_or(&[][..], |outputs| values.entries(outputs));
        outputs.iter().filter_map(move |output| {
            let [export, name, value] = keys;
            let name = values.get(values.get(output.value, export?)?, name?)?;
            let name = self.without_defaults().resolve(name);
            let Alt::Scalar { text, .. } = name.only()? else { return None };
            Some((*text, values.get(output.value, value?)?))
        })
    }

    /// The names that are imported, as far as they are known.
    pub(crate) fn imports(self) -> impl Iterator<Item = Name> + 't {
        self.template().values.iter().filter_map(move |(_, value)| {
            let Data::Call(call) = &value.data else { return None };
            let Call::ImportValue(name) = **call else { return None };
            let name = self.resolve(name);
            let Alt::Scalar { text, .. } = name.only()? else { return None };
            Some(*text)
        })
    }

    /// Adds to `cases` what a stack is handed for a parameter that is referred to at `origin`; false if it is handed
    /// nothing.
    pub(super) fn collect_passed(
        self,
        parameter: Name,
        origin: Origin,
        under: Guard,
        cases: &mut Cases,
    ) -> bool {
        let Some(declared) = self.template().parameters.get(&parameter) else { return false };
        let Some(passed) = declared.passed else { return false };
        let type_name = self.template().names.text(declared.type_name);
        if declared.is_secret || is_filled_by_ssm(type_name) {
            cases.push(under, Alt::Unknown(Unknown::Parameter(parameter)));
        } else {
            self.collect_handed(Handed::Parameter(parameter), passed, Some(origin), under, cases);
        }
        true
    }

    /// Adds to `cases` what an attribute of a nested stack is, if it is an output that can be seen; false if not.
    pub(super) fn collect_output(self, id: Name, attribute: Name, under: Guard, cases: &mut Cases) -> bool {
        let Template { names, values, taken_in, .. } = self.template();
        let Some(stack) = taken_in.iter().find(|stack| stack.nested.is_some_and(|by| by.id == id)) else {
            return false;
        };
        let value = names.text(attribute).strip_prefix("Outputs.").and_then(|name| {
            let output = values.get(stack.outputs?, names.find(name)?)?;
            values.get(output, names.find("Value")?)
        });
        match value {
            Some(value) => self.collect_handed(Handed::Output(id, attribute), value, None, under, cases),
            None => cases.push(under, Alt::Unknown(Unknown::Undefined(attribute))),
        }
        true
    }

    /// Adds to `cases` what is imported under a name.
    pub(super) fn collect_import(self, name: ValueId, under: Guard, cases: &mut Cases) {
        let exports = &self.template().handovers.exports;
        if exports.is_empty() {
            return cases.push(under, Alt::Unknown(Unknown::Import));
        }
        for (guard, alt) in self.resolve_under(name, under).alternatives {
            let export = match alt {
                Alt::Scalar { text, through, .. } => exports.get(&text).map(|value| (text, *value, through)),
                Alt::Absent { .. }
                | Alt::OneOf { .. }
                | Alt::List(_)
                | Alt::Map(_)
                | Alt::Resource { .. }
                | Alt::Text(_)
                | Alt::Unknown(_) => None,
            };
            match export {
                Some((name, value, through)) => {
                    let mut exported = Cases::default();
                    self.collect_handed(Handed::Export(name), value, None, guard, &mut exported);
                    cases.add_decided(exported, guard, through);
                }
                None => cases.push(guard, Alt::Unknown(Unknown::Import)),
            }
        }
    }

    /// What stands behind references to parameters that are passed on from stack to stack.
    pub(super) fn behind_passed(self, id: ValueId) -> ValueId {
        let mut behind = id;
        for _ in 0..Self::MOST_HANDOVERS {
            let Data::Call(call) = self.template().values.data(behind) else { return behind };
            let Call::Ref(name) = **call else { return behind };
            let is_known = |parameter: &&Parameter| {
                !parameter.is_secret && !is_filled_by_ssm(self.template().names.text(parameter.type_name))
            };
            let parameter = self.template().parameters.get(&name).filter(is_known);
            let Some(passed) = parameter.and_then(|parameter| parameter.passed) else { return behind };
            behind = passed;
        }
        id
    }

    /// Shown where it is written, unless that is said to be elsewhere.
    fn collect_handed(
        self,
        what: Handed,
        value: ValueId,
        shown_at: Option<Origin>,
        under: Guard,
        cases: &mut Cases,
    ) {
        let guards = &self.template().guards;
        for (guard, mut alt) in self.handed(what, value).alternatives {
            if let (Alt::Scalar { origin, .. }, Some(shown_at)) = (&mut alt, shown_at) {
                *origin = shown_at;
            }
            let both = guards.and(under, guard);
            if !cases.are_too_many() && guards.can_hold(&[(both, true)]) {
                cases.push(both, alt);
            }
        }
    }

    fn handed(self, what: Handed, value: ValueId) -> Val {
        let Handovers { known, depth, .. } = &self.template().handovers;
        if let Some(val) = known.borrow().get(&(what, self.takes_defaults())) {
            return val.clone();
        }
        if depth.get() == Self::MOST_HANDOVERS {
            return Val::always(Alt::Unknown(Unknown::Circular));
        }
        known
            .borrow_mut()
            .insert((what, self.takes_defaults()), Val::always(Alt::Unknown(Unknown::Circular)));
        depth.set(depth.get() + 1);
        let mut val = self.resolve(value);
        depth.set(depth.get() - 1);
        if let Handed::Parameter(name) = what {
            for (_, alt) in &mut val.alternatives {
                match alt {
                    Alt::Absent { .. } => *alt = self.unpassed(name),
                    Alt::Map(_) => *alt = Alt::Unknown(Unknown::Parameter(name)),
                    Alt::Scalar { through, .. } if self.is_default(name, value) => {
                        *through = Some(Through::value(name, SetBy::Unpassed));
                    }
                    Alt::Scalar { origin, through, .. } => *through = Some(passed(name, *origin, *through)),
                    Alt::OneOf { .. }
                    | Alt::List(_)
                    | Alt::Resource { .. }
                    | Alt::Text(_)
                    | Alt::Unknown(_) => {}
                }
            }
        }
        known.borrow_mut().insert((what, self.takes_defaults()), val.clone());
        val
    }

    /// What a parameter is that is passed `AWS::NoValue`: as good as nothing.
    fn unpassed(self, name: Name) -> Alt {
        let Template { names, values, parameters, .. } = self.template();
        let default = parameters.get(&name).and_then(|parameter| parameter.default);
        match default.map(|default| (values.origin(default), values.data(default))) {
            Some((origin, Data::Scalar { text, is_plain })) => {
                scalar(names, *text, *is_plain, origin, Some(Through::value(name, SetBy::Unpassed)))
            }
            Some((_, Data::List(_) | Data::Map(_) | Data::Call(_))) | None => {
                Alt::Unknown(Unknown::Parameter(name))
            }
        }
    }

    /// Whether what a parameter is passed is its own default: its parent passes nothing.
    fn is_default(self, name: Name, passed: ValueId) -> bool {
        self.template().parameters.get(&name).is_some_and(|parameter| parameter.default == Some(passed))
    }
}

/// What a value comes through that a stack is passed: a parameter of the parent's that was set by a default or by the
/// deployer is worth more to know than the stack's own.
fn passed(parameter: Name, origin: Origin, before: Option<Through>) -> Through {
    let through = before.filter(|before| before.by != SetBy::Parent);
    let through = through.unwrap_or(Through::value(parameter, SetBy::Parent));
    // Through several stacks, the place is the first that says so.
    let at = before.and_then(|before| before.passed).map_or(origin.at_value(), |passed| passed.at);
    Through { passed: Some(Passed { parameter, at }), ..through }
}
