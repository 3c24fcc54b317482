//! Conditions as formulas over finite variables, and what can hold together.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use crate::names::{Name, Names};

use super::search;

/// An interned condition formula of one template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Guard(u32);

impl Guard {
    /// Holds always.
    pub(crate) const ALWAYS: Self = Self(0);
    /// Holds never.
    pub(crate) const NEVER: Self = Self(1);

    /// The guard's number among those of its template, for whoever keeps one beside other things.
    pub(crate) fn index(self) -> u32 {
        self.0
    }

    /// The guard of a number that [`Guard::index`] gave.
    pub(crate) fn from_index(index: u32) -> Self {
        Self(index)
    }
}

/// A claim that a case makes: the guard, and whether it holds.
pub(crate) type Literal = (Guard, bool);

/// The formulas of one template. It grows behind a shared reference, since resolving a value may make one.
#[derive(Default)]
pub(crate) struct Guards {
    formulas: RefCell<Formulas>,
}

/// What a guard says. A term is what a condition compares: a parameter, a pseudo parameter, or an expression
/// over them, by its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Formula {
    /// A named condition; one that is not defined, or only by itself, has no meaning and is free to hold.
    Condition { name: Name, meaning: Option<Guard> },
    /// A term equals a text: two texts for one term exclude each other.
    Equal { term: Name, text: Name },
    /// Two terms are equal: what is known of one is known of the other.
    Same(Name, Name),
    /// The opposite.
    Not(Guard),
    /// Both.
    And(Guard, Guard),
    /// Either.
    Or(Guard, Guard),
}

/// The interned formulas, and what is known about their variables.
#[derive(Default)]
pub(super) struct Formulas {
    /// The guards after [`Guard::ALWAYS`] and [`Guard::NEVER`], which are no formulas.
    interned: Vec<Formula>,
    guards: FxHashMap<Formula, Guard>,
    conditions: FxHashMap<Name, Guard>,
    /// All texts that a term can equal, for terms that have such a list.
    allowed: FxHashMap<Name, Vec<Name>>,
    /// What holds in every deployment: the `Rules` section asserts it.
    assumptions: Vec<Guard>,
    /// What was found out about single guards.
    possible: FxHashMap<Guard, bool>,
}

impl Guards {
    /// Assertions of the `Rules` section past this many are not followed.
    const MOST_ASSUMPTIONS: usize = 64;

    /// The guard of a named condition; a name that no condition has is a free claim of its own.
    pub(crate) fn condition(&self, name: Name) -> Guard {
        let mut formulas = self.formulas.borrow_mut();
        match formulas.conditions.get(&name) {
            Some(guard) => *guard,
            None => formulas.intern(Formula::Condition { name, meaning: None }),
        }
    }

    /// The claim that a term (a parameter, a pseudo parameter such as `AWS::Region`) equals a text.
    pub(crate) fn equal(&self, term: Name, text: Name) -> Guard {
        let mut formulas = self.formulas.borrow_mut();
        match formulas.allowed.get(&term).map(Vec::as_slice) {
            Some(allowed) if !allowed.contains(&text) => Guard::NEVER,
            Some([_]) => Guard::ALWAYS,
            _ => formulas.intern(Formula::Equal { term, text }),
        }
    }

    /// Both.
    pub(crate) fn and(&self, a: Guard, b: Guard) -> Guard {
        match (a, b) {
            (Guard::NEVER, _) | (_, Guard::NEVER) => Guard::NEVER,
            (Guard::ALWAYS, other) | (other, Guard::ALWAYS) => other,
            _ if a == b => a,
            _ if self.not(a) == b => Guard::NEVER,
            _ => self.intern(Formula::And(a, b)),
        }
    }

    /// Either.
    pub(crate) fn or(&self, a: Guard, b: Guard) -> Guard {
        match (a, b) {
            (Guard::ALWAYS, _) | (_, Guard::ALWAYS) => Guard::ALWAYS,
            (Guard::NEVER, other) | (other, Guard::NEVER) => other,
            _ if a == b => a,
            _ if self.not(a) == b => Guard::ALWAYS,
            _ => self.intern(Formula::Or(a, b)),
        }
    }

    /// The opposite.
    pub(crate) fn not(&self, a: Guard) -> Guard {
        match a {
            Guard::ALWAYS => Guard::NEVER,
            Guard::NEVER => Guard::ALWAYS,
            _ => {
                let mut formulas = self.formulas.borrow_mut();
                if let Some(Formula::Not(inner)) = formulas.formula(a) {
                    return inner;
                }
                formulas.intern(Formula::Not(a))
            }
        }
    }

    /// Whether the claims can hold together. Bounded: past the bound the answer is yes.
    pub(crate) fn can_hold(&self, claims: &[Literal]) -> bool {
        let [(guard, true)] = *claims else {
            return search::can_hold(&self.formulas.borrow(), claims);
        };
        if let Some(possible) = self.formulas.borrow().possible.get(&guard) {
            return *possible;
        }
        let possible = search::can_hold(&self.formulas.borrow(), claims);
        self.formulas.borrow_mut().possible.insert(guard, possible);
        possible
    }

    /// The guard in words, for `holds` either way: `IsProd is false`, `Env is not 'prod'`.
    pub(crate) fn words(&self, names: &Names, claim: Literal) -> String {
        super::words::words(&self.formulas.borrow(), names, claim)
    }

    /// Gives a named condition its meaning: those of the `Conditions` section have theirs, one that a
    /// transform makes needs it. The first meaning stays.
    pub(crate) fn define(&self, name: Name, meaning: Guard) -> Guard {
        let mut formulas = self.formulas.borrow_mut();
        if let Some(guard) = formulas.conditions.get(&name) {
            return *guard;
        }
        let guard = match meaning {
            Guard::ALWAYS | Guard::NEVER => meaning,
            Guard(_) => formulas.intern(Formula::Condition { name, meaning: Some(meaning) }),
        };
        formulas.conditions.insert(name, guard);
        guard
    }

    /// A named condition that is free to hold for good.
    pub(super) fn define_free(&self, name: Name) -> Guard {
        let guard = self.condition(name);
        *self.formulas.borrow_mut().conditions.entry(name).or_insert(guard)
    }

    /// The guard of a condition that has been defined.
    pub(super) fn defined(&self, name: Name) -> Option<Guard> {
        self.formulas.borrow().conditions.get(&name).copied()
    }

    /// The claim that two terms are equal.
    pub(super) fn same(&self, a: Name, b: Name) -> Guard {
        if a == b { Guard::ALWAYS } else { self.intern(Formula::Same(a.min(b), a.max(b))) }
    }

    /// A claim that holds in every deployment. One that cannot hold beside the others is left out: nothing could
    /// be deployed, and nothing said.
    pub(super) fn assume(&self, guard: Guard) {
        let mut formulas = self.formulas.borrow_mut();
        let is_new = guard != Guard::ALWAYS && !formulas.assumptions.contains(&guard);
        if is_new
            && formulas.assumptions.len() < Self::MOST_ASSUMPTIONS
            && search::can_hold(&formulas, &[(guard, true)])
        {
            formulas.assumptions.push(guard);
            formulas.possible.clear();
        }
    }

    /// A term never equals another text than these.
    pub(super) fn allow(&self, term: Name, texts: Vec<Name>) {
        self.formulas.borrow_mut().allowed.insert(term, texts);
    }

    fn intern(&self, formula: Formula) -> Guard {
        self.formulas.borrow_mut().intern(formula)
    }
}

impl Formulas {
    /// What a guard says, unless it is one of the two constants.
    pub(super) fn formula(&self, guard: Guard) -> Option<Formula> {
        (guard.0 as usize).checked_sub(2).map(|index| self.interned[index])
    }

    /// What holds in every deployment.
    pub(super) fn assumptions(&self) -> &[Guard] {
        &self.assumptions
    }

    /// All texts that a term can equal, if they are known.
    pub(super) fn allowed(&self, term: Name) -> Option<&[Name]> {
        self.allowed.get(&term).map(Vec::as_slice)
    }

    /// The guard that says it, if something in the template does.
    pub(super) fn guard(&self, formula: Formula) -> Option<Guard> {
        self.guards.get(&formula).copied()
    }

    fn intern(&mut self, formula: Formula) -> Guard {
        let next = Guard(self.interned.len() as u32 + 2);
        let guard = *self.guards.entry(formula).or_insert(next);
        if guard == next {
            self.interned.push(formula);
        }
        guard
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::template::Template;
    use crate::template::tests::template;

    fn guard(template: &Template, name: &str) -> Guard {
        template.guards.condition(template.names.intern(name))
    }

    fn can_hold(template: &Template, claims: &[(&str, bool)]) -> bool {
        let claims: Vec<Literal> =
            claims.iter().map(|(name, holds)| (guard(template, name), *holds)).collect();
        template.guards.can_hold(&claims)
    }

    #[test]
    fn one_parameter_does_not_equal_two_texts() {
        let template = template(
            "Parameters: {Env: {Type: String}}\nConditions:\n  Prod: !Equals [!Ref Env, prod]\n  Dev: !Equals [dev, !Ref Env]\n  Neither: !And [!Not [!Condition Prod], !Not [Condition: Dev]]\n  Any: !Or [Condition: Prod, Condition: Dev]\nResources: {}\n",
        );
        assert!(can_hold(&template, &[("Prod", true), ("Dev", false)]));
        assert!(!can_hold(&template, &[("Prod", true), ("Dev", true)]));
        assert!(can_hold(&template, &[("Prod", false), ("Dev", false)]));
        assert!(can_hold(&template, &[("Neither", true)]));
        assert!(!can_hold(&template, &[("Neither", true), ("Prod", true)]));
        assert!(!can_hold(&template, &[("Neither", true), ("Any", true)]));
        assert!(!can_hold(&template, &[("Neither", false), ("Any", false)]));
    }

    #[test]
    fn allowed_values_are_all_there_is() {
        let template = template(
            "Parameters: {Env: {Type: String, AllowedValues: [prod, dev, dev]}, One: {Type: String, AllowedValues: [x]}}\nConditions:\n  Prod: !Equals [!Ref Env, prod]\n  Dev: !Equals [!Ref Env, dev]\n  Test: !Equals [!Ref Env, test]\n  IsX: !Equals [!Ref One, x]\nResources: {}\n",
        );
        assert!(!can_hold(&template, &[("Prod", false), ("Dev", false)]));
        assert_eq!(guard(&template, "Test"), Guard::NEVER);
        assert_eq!(guard(&template, "IsX"), Guard::ALWAYS);
    }

    #[test]
    fn texts_are_compared_after_coercion_and_by_case() {
        let template = template(
            "Conditions:\n  A: !Equals [True, 'true']\n  B: !Equals [30, '30']\n  C: !Equals [a, A]\nResources: {}\n",
        );
        assert_eq!(
            ["A", "B", "C"].map(|name| guard(&template, name)),
            [Guard::ALWAYS, Guard::ALWAYS, Guard::NEVER]
        );
    }

    #[test]
    fn equal_expressions_are_one_term_and_parameters_may_be_equal_or_not() {
        let template = template(
            "Parameters: {A: {Type: String}, B: {Type: String}, L: {Type: CommaDelimitedList}}\nConditions:\n  X: !Equals [!Select [0, !Ref L], x]\n  Y: !Equals [!Select [0, !Ref L], y]\n  Z: !Equals [!Select [1, !Ref L], y]\n  Same: !Equals [!Ref A, !Ref B]\n  SameToo: !Equals [!Ref B, !Ref A]\nResources: {}\n",
        );
        assert!(!can_hold(&template, &[("X", true), ("Y", true)]));
        assert!(can_hold(&template, &[("X", true), ("Z", true)]));
        assert!(can_hold(&template, &[("Same", true)]) && can_hold(&template, &[("Same", false)]));
        assert!(!can_hold(&template, &[("Same", true), ("SameToo", false)]));
    }

    #[test]
    fn what_is_known_of_one_parameter_is_known_of_its_equals() {
        let template = template(
            "Parameters: {P: {Type: String}, Q: {Type: String}, R: {Type: String}, E: {Type: String, AllowedValues: [x, y]}, F: {Type: String, AllowedValues: [y, z]}}\nConditions:\n  PQ: !Equals [!Ref P, !Ref Q]\n  QR: !Equals [!Ref Q, !Ref R]\n  PR: !Equals [!Ref P, !Ref R]\n  Px: !Equals [!Ref P, x]\n  Rx: !Equals [!Ref R, x]\n  Ry: !Equals [!Ref R, y]\n  EF: !Equals [!Ref E, !Ref F]\n  Ex: !Equals [!Ref E, x]\n  Ey: !Equals [!Ref E, y]\n  PE: !Equals [!Ref P, !Ref E]\nResources: {}\n",
        );
        let cannot: &[&[(&str, bool)]] = &[
            &[("PQ", true), ("QR", true), ("PR", false)],
            &[("PQ", true), ("QR", true), ("Px", true), ("Rx", false)],
            &[("PQ", true), ("QR", true), ("Px", true), ("Ry", true)],
            &[("Px", true), ("Rx", true), ("PR", false)],
            &[("PR", false), ("Px", true), ("Rx", true)],
            &[("Px", true), ("Ry", true), ("PR", true)],
            &[("PQ", true), ("PR", false), ("QR", true)],
            &[("EF", true), ("Ex", true)],
            &[("EF", true), ("Ey", false)],
            &[("PE", true), ("Px", false), ("Ey", false)],
        ];
        let can: &[&[(&str, bool)]] = &[
            &[("PQ", true), ("QR", true), ("Px", true), ("Rx", true)],
            &[("PQ", true), ("PR", false), ("Px", true)],
            &[("PQ", false), ("QR", false), ("PR", true)],
            &[("EF", true), ("Ey", true)],
            &[("EF", false), ("Ey", true)],
            &[("Px", false), ("Rx", false), ("PR", false)],
        ];
        for claims in cannot {
            assert!(!can_hold(&template, claims), "{claims:?}");
        }
        for claims in can {
            assert!(can_hold(&template, claims), "{claims:?}");
        }
    }

    #[test]
    fn a_text_of_parameters_equals_another_where_its_pieces_do() {
        let template = template(
            "Parameters: {Env: {Type: String, Default: dev}, Tier: {Type: String, AllowedValues: [a, ab]}}\nConditions:\n  Dev: !Equals [!Ref Env, dev]\n  Sub: !Equals [!Sub 'x-${Env}', x-dev]\n  Join: !Equals [dev.y, !Join ['.', [!Ref Env, y]]]\n  Not: !Equals [!Sub 'x-${Env}', y-dev]\n  Between: !Equals [!Sub '${Env}-${AWS::Region}-${Env}', a-b]\n  Order: !Equals [!Sub '${Env}.${AWS::Region}:${Env}', 'a:b.c']\n  IsA: !Equals [!Ref Tier, a]\n  Both: !Equals [!Sub '${Tier}${Env}', abc]\n  C: !Equals [!Ref Env, c]\n  BC: !Equals [!Ref Env, bc]\n  Two: !Equals [!Sub '${Env}-${AWS::Region}', dev-x]\n  TwoToo: !Equals [!Sub '${Env}-${AWS::Region}', dev-y]\n  List: !Equals [[!Ref Env, y], [dev, y]]\n  Longer: !Equals [[!Ref Env], [dev, y]]\nResources: {}\n",
        );
        for same in ["Sub", "Join", "List"] {
            assert!(!can_hold(&template, &[("Dev", true), (same, false)]), "{same}");
            assert!(!can_hold(&template, &[("Dev", false), (same, true)]), "{same}");
        }
        for never in ["Not", "Between", "Order", "Longer"] {
            assert_eq!(guard(&template, never), Guard::NEVER, "{never}");
        }
        assert!(can_hold(&template, &[("Both", true), ("IsA", true), ("BC", true)]));
        assert!(can_hold(&template, &[("Both", true), ("IsA", false), ("C", true)]));
        assert!(!can_hold(&template, &[("Both", true), ("IsA", true), ("C", true)]));
        // Where one ends and the other starts is open, but it is one text.
        assert!(can_hold(&template, &[("Two", true), ("Dev", false)]));
        assert!(!can_hold(&template, &[("Two", true), ("TwoToo", true)]));
    }

    #[test]
    fn what_rules_assert_holds_in_every_deployment() {
        let template = template(
            "Parameters: {Env: {Type: String}, Region: {Type: String}, A: {Type: String}, B: {Type: String}}\nRules:\n  NotInTheWest:\n    RuleCondition: !Equals [!Ref Region, west]\n    Assertions:\n      - {Assert: {'Fn::Contains': [[dev, test], !Ref Env]}, AssertDescription: x}\n  Members:\n    Assertions:\n      - Assert: {'Fn::EachMemberIn': [[!Ref A, !Ref B], [x, y]]}\n      - Assert: !Not [{'Fn::EachMemberEquals': [[!Ref A, !Ref B], x]}]\n      - Assert: !Or [{'Fn::Contains': [{'Fn::RefAll': 'AWS::EC2::VPC::Id'}, z]}, {'Fn::EachMemberIn': [{'Fn::ValueOfAll': [T, K]}, {'Fn::RefAll': T}]}]\nConditions:\n  Prod: !Equals [!Ref Env, prod]\n  Dev: !Equals [!Ref Env, dev]\n  West: !Equals [!Ref Region, west]\n  Ax: !Equals [!Ref A, x]\n  Bx: !Equals [!Ref B, x]\n  Az: !Equals [!Ref A, z]\nResources: {}\n",
        );
        assert!(!can_hold(&template, &[("West", true), ("Prod", true)]));
        assert!(can_hold(&template, &[("West", false), ("Prod", true)]));
        assert!(can_hold(&template, &[("West", true), ("Dev", true)]));
        assert!(!can_hold(&template, &[("Az", true)]));
        assert!(!can_hold(&template, &[("Ax", true), ("Bx", true)]));
        assert!(can_hold(&template, &[("Ax", true), ("Bx", false)]));
    }

    #[test]
    fn rules_that_contradict_each_other_leave_every_case_open() {
        let template = template(
            "Rules:\n  R:\n    Assertions:\n      - Assert: !Equals [!Ref P, a]\n      - Assert: !Equals [!Ref P, b]\n  S: {Assertions: [{Assert: !Equals [x, y]}]}\n  T: {}\n  U: text\nConditions:\n  A: !Equals [!Ref P, a]\nResources: {}\n",
        );
        assert!(can_hold(&template, &[("A", true)]));
        assert!(!can_hold(&template, &[("A", false)]), "the first that can be is kept");
    }

    #[test]
    fn allowed_truth_values_are_the_texts_that_conditions_compare() {
        let template = template(
            "Parameters: {On: {Type: String, AllowedValues: [True, False]}}\nConditions:\n  Yes: !Equals [!Ref On, 'true']\n  Plain: !Equals [!Ref On, True]\n  Quoted: !Equals [!Ref On, 'True']\n  Never: !Equals [!Ref On, maybe]\nResources: {}\n",
        );
        assert!(can_hold(&template, &[("Yes", true)]) && can_hold(&template, &[("Yes", false)]));
        for other in ["Plain", "Quoted"] {
            assert!(!can_hold(&template, &[("Yes", true), (other, false)]), "{other}");
        }
        assert_eq!(guard(&template, "Never"), Guard::NEVER);
    }

    #[test]
    fn a_look_up_is_asked_by_its_rows() {
        let template = template(
            "Parameters: {Env: {Type: String}}\nMappings: {M: {prod: {Big: yes}, dev: {Big: no}}}\nConditions:\n  Big: !Equals [!FindInMap [M, !Ref Env, Big], 'yes']\n  Prod: !Equals [!Ref Env, prod]\n  Dev: !Equals [!Ref Env, dev]\nResources: {}\n",
        );
        assert!(can_hold(&template, &[("Big", false), ("Dev", true)]));
        assert!(!can_hold(&template, &[("Big", true), ("Dev", true)]));
        assert!(
            !can_hold(&template, &[("Big", true), ("Prod", false)]),
            "a row that is missing equals nothing"
        );
        let swapped = template.guards.not(guard(&template, "Prod"));
        assert_eq!(template.guards.not(swapped), guard(&template, "Prod"));
    }

    #[test]
    fn cyclic_and_undefined_conditions_are_free() {
        let template = template(
            "Conditions:\n  A: !Not [Condition: B]\n  B: {Condition: A}\n  C: {Condition: Missing}\n  D: !Ref X\nResources: {}\n",
        );
        for name in ["A", "B", "C", "D", "Missing", "Unheard"] {
            assert!(can_hold(&template, &[(name, true)]) && can_hold(&template, &[(name, false)]), "{name}");
        }
        assert!(!can_hold(&template, &[("C", true), ("Missing", false)]));
    }

    #[test]
    fn guards_are_told_in_words() {
        let template = template(
            "Parameters: {Env: {Type: String}}\nConditions:\n  IsProd: !Equals [!Ref Env, prod]\n  IsBig: !Equals [!Ref Size, big]\nResources: {}\n",
        );
        let guards = &template.guards;
        let words = |guard, holds| guards.words(&template.names, (guard, holds));
        let [prod, big] = ["IsProd", "IsBig"].map(|name| guard(&template, name));
        let name = |text| template.names.intern(text);
        let [dev, test] = ["dev", "test"].map(|text| guards.equal(name("Env"), name(text)));
        assert_eq!(words(prod, true), "IsProd is true");
        assert_eq!(words(guards.not(prod), true), "IsProd is false");
        assert_eq!([words(dev, true), words(dev, false)], ["Env is 'dev'", "Env is not 'dev'"]);
        assert_eq!(words(guards.and(prod, guards.not(big)), true), "IsProd is true and IsBig is false");
        assert_eq!(words(guards.and(prod, big), false), "IsProd is false or IsBig is false");
        assert_eq!(
            words(guards.and(guards.or(prod, big), dev), true),
            "(IsProd is true or IsBig is true) and Env is 'dev'"
        );
        assert_eq!(words(guards.and(guards.not(test), dev), true), "Env is 'dev'");
        assert_eq!(words(Guard::ALWAYS, false), "never");
    }

    #[test]
    fn words_say_nothing_twice_and_nothing_that_follows() {
        let template = template(
            "Parameters: {Env: {Type: String, AllowedValues: [dev, test, prod]}}\nConditions:\n  A: !Equals [!Ref X, x]\n  B: !Equals [!Ref Y, y]\n  C: !Equals [!Ref Z, z]\nResources: {}\n",
        );
        let guards = &template.guards;
        let words = |guard| guards.words(&template.names, (guard, true));
        let [a, b, c] = ["A", "B", "C"].map(|name| guard(&template, name));
        let (both, either) = (|a, b| guards.and(a, b), |a, b| guards.or(a, b));
        let not = |guard| guards.not(guard);
        assert_eq!(words(both(not(a), either(a, not(b)))), "A is false and B is false");
        assert_eq!(words(both(a, either(a, b))), "A is true");
        assert_eq!(words(either(a, both(not(a), b))), "A is true or B is true");
        assert_eq!(words(both(a, either(not(a), either(b, c)))), "A is true and (B is true or C is true)");
        let env = |text| guards.equal(template.names.intern("Env"), template.names.intern(text));
        assert_eq!(words(both(not(env("dev")), not(env("test")))), "Env is 'prod'");
        assert_eq!(words(both(both(a, not(env("dev"))), not(env("prod")))), "A is true and Env is 'test'");
        assert_eq!(words(not(env("dev"))), "Env is not 'dev'");
    }

    #[test]
    fn words_leave_out_what_the_others_imply() {
        let template = template(
            "Parameters: {Env: {Type: String, AllowedValues: [dev, test, prod]}}\nConditions:\n  IsDev: !Equals [!Ref Env, dev]\n  IsProd: !Equals [!Ref Env, prod]\n  IsBelow: !Not [!Condition IsProd]\n  IsBig: !Equals [!Ref Size, big]\nResources: {}\n",
        );
        let guards = &template.guards;
        let words = |guard| guards.words(&template.names, (guard, true));
        let [dev, prod, below, big] =
            ["IsDev", "IsProd", "IsBelow", "IsBig"].map(|name| guard(&template, name));
        let env = guards.equal(template.names.intern("Env"), template.names.intern("dev"));
        assert_eq!(words(guards.and(guards.and(guards.not(prod), below), dev)), "IsDev is true");
        assert_eq!(words(guards.and(guards.not(prod), env)), "Env is 'dev'");
        assert_eq!(words(guards.and(guards.not(prod), below)), "IsBelow is true");
        assert_eq!(words(guards.and(env, dev)), "IsDev is true");
        assert_eq!(words(guards.or(dev, below)), "IsBelow is true");
        assert_eq!(words(guards.and(big, guards.not(prod))), "IsBig is true and IsProd is false");
        let test = guards.equal(template.names.intern("Env"), template.names.intern("test"));
        assert_eq!(words(guards.and(guards.not(env), guards.not(prod))), "Env is 'test'");
        assert_eq!(words(guards.and(guards.not(test), below)), "Env is 'dev'");
        assert_eq!(words(guards.or(guards.and(env, below), big)), "Env is 'dev' or IsBig is true");
    }

    #[test]
    fn forty_independent_conditions_are_decided_at_once() {
        let guards = Guards::default();
        let names = Names::default();
        let claim = |text: String| guards.condition(names.intern(&text));
        let either = |n: usize| guards.or(claim(format!("A{n}")), claim(format!("B{n}")));
        let all = (0..40).fold(Guard::ALWAYS, |all, n| guards.and(all, either(n)));
        let start = Instant::now();
        assert!(guards.can_hold(&[(all, true)]));
        assert!(!guards.can_hold(&[(all, true), (either(39), false)]));
        assert!(start.elapsed() < Duration::from_millis(100));
    }

    #[test]
    fn a_question_without_end_is_answered_yes_in_time() {
        let guards = Guards::default();
        let names = Names::default();
        // Twelve pigeons in eleven holes: it cannot be, and no short proof shows it.
        let sits =
            |pigeon: usize, hole: usize| guards.condition(names.intern(&format!("{pigeon} in {hole}")));
        let mut claims: Vec<Literal> = Vec::new();
        for pigeon in 0..12 {
            claims.push(((0..11).fold(Guard::NEVER, |any, hole| guards.or(any, sits(pigeon, hole))), true));
        }
        for hole in 0..11 {
            for (a, b) in (0..12).flat_map(|a| (0..a).map(move |b| (a, b))) {
                claims.push((guards.and(sits(a, hole), sits(b, hole)), false));
            }
        }
        let start = Instant::now();
        assert!(guards.can_hold(&claims));
        assert!(start.elapsed() < Duration::from_millis(500));
    }

    #[test]
    fn conditions_that_double_at_each_step_are_decided_in_time() {
        let mut text = "Conditions:\n  A0: !Equals [!Ref P, a]\n  B0: !Equals [!Ref Q, a]\n".to_owned();
        for step in 1..100 {
            let before = step - 1;
            text.push_str(&format!("  A{step}: !And [Condition: A{before}, Condition: B{before}]\n  B{step}: !And [Condition: B{before}, Condition: A{before}]\n"));
        }
        text.push_str("Resources: {}\n");
        let template = template(&text);
        let start = Instant::now();
        assert!(can_hold(&template, &[("A99", true)]));
        assert!(start.elapsed() < Duration::from_millis(500));
    }

    #[test]
    fn rules_without_a_short_answer_cost_no_more_than_milliseconds() {
        let mut text = "Parameters:\n".to_owned();
        for n in 0..30 {
            text.push_str(&format!("  P{n}: {{Type: String, AllowedValues: [a, b, c]}}\n"));
        }
        text.push_str("Rules:\n  R:\n    Assertions:\n");
        for n in 0..60 {
            let (a, b) = (n * 7 % 30, (n * 11 + 3) % 30);
            text.push_str(&format!("      - Assert: !Not [!Equals [!Ref P{a}, !Ref P{b}]]\n"));
        }
        text.push_str("Conditions:\n");
        for n in 0..30 {
            text.push_str(&format!("  C{n}: !Equals [!Ref P{n}, a]\n"));
        }
        text.push_str("Resources: {}\n");
        let start = Instant::now();
        let template = template(&text);
        for n in 0..30 {
            can_hold(&template, &[(&format!("C{n}"), true), ("C0", true)]);
        }
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    }

    #[test]
    fn a_long_chain_of_conditions_does_not_exhaust_the_stack() {
        let mut text = "Conditions:\n".to_owned();
        for step in 0..5000 {
            text.push_str(&format!("  A{step}: !Not [Condition: A{}]\n", step + 1));
        }
        text.push_str("Resources: {}\n");
        let template = template(&text);
        assert!(can_hold(&template, &[("A0", true)]));
    }
}
