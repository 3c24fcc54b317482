//! Rules subject by subject.

use super::{
    Candidate, Candidates, Case, Dialect, Evaluator, Plain, RuleIndex, Rules, Scenario, Shortlist, Status,
    World, parsed,
};
use Status::{Fail, Pass, Skip, Unknown};

const RULE: RuleIndex = RuleIndex(0);
const RESOURCES: &str = "Resources:
  A: {Type: T::A::F, Size: 1}
  B: !If [7, {Type: T::A::F, Size: 2}]
  C: {Type: T::A::Q, Size: 3}
  D: {Type: T::A::F, Size: !Unknown ''}
  E: {Type: !Unknown '', Size: 9}
";

struct Judged<'w> {
    world: &'w World,
    evaluator: Evaluator<'w>,
}

impl<'w> Judged<'w> {
    fn new(rules: &'w Rules, world: &'w World) -> Self {
        Self { world, evaluator: Evaluator::new(rules, &world.tree, &world.names) }
    }

    fn candidates(&mut self, item: usize) -> Vec<Candidate> {
        match self.evaluator.candidates(RULE, item, Shortlist::Open, &mut Plain) {
            Candidates::Each(candidates) | Candidates::Gathered(candidates) => candidates,
            Candidates::Whole => panic!("item {item} is about the document"),
        }
    }

    /// The status for each candidate of an item.
    fn statuses(&mut self, item: usize, scenario: &mut dyn Scenario) -> Vec<Status> {
        let candidates = self.candidates(item);
        let judged = |it: &Candidate| self.evaluator.judge(RULE, item, Some(it), scenario, &mut None);
        candidates.iter().map(judged).collect()
    }

    fn told(&mut self, item: usize, candidate: &Candidate) -> Option<String> {
        let mut failure = None;
        self.evaluator.judge(RULE, item, Some(candidate), &mut Plain, &mut failure);
        failure.map(|failure| self.world.at(failure.at.place).to_owned())
    }
}

#[test]
fn a_block_on_a_filter_is_about_each_member_however_it_is_written() {
    let world = World::new(RESOURCES);
    for rules in [
        "rule r { Resources.*[ Type == 'T::A::F' ] { Size == 1 } }",
        "rule r { Resources[ Type == 'T::A::F' ] { Size == 1 } }",
        "rule r { T::A::F { Size == 1 } }",
        "let f = Resources.*[ Type == 'T::A::F' ]\nrule r { %f { Size == 1 } }",
        "let all = Resources.*\nrule r { let f = %all[ Type == 'T::A::F' ]\n%f[ Size exists ] { Size == 1 } }",
        "let type = 'T::A::F'\nrule r { when Resources exists { Resources.*[ Type == %type ] { Size == 1 } } }",
    ] {
        let parsed = parsed(rules, Dialect::Page);
        let mut judged = Judged::new(&parsed, &world);
        // C is turned away in every case and left out.
        assert_eq!(judged.statuses(0, &mut Plain), [Pass, Fail, Unknown, Unknown], "{rules}");
    }
}

#[test]
fn a_member_that_does_not_exist_in_the_case_is_skipped() {
    let world = World::new(RESOURCES);
    let rules = parsed("rule r { Resources.*[ Type == 'T::A::F' ] { Size == 1 } }", Dialect::Page);
    let mut judged = Judged::new(&rules, &world);
    assert_eq!(judged.statuses(0, &mut Case::without(&[7]))[1], Skip);
}

#[test]
fn a_condition_is_asked_only_for_a_candidate_that_depends_on_it() {
    let world = World::new(RESOURCES);
    let rules = parsed("rule r { Resources.*[ Type == 'T::A::F' ] { Size == 1 } }", Dialect::Page);
    let mut judged = Judged::new(&rules, &world);
    let mut asked = Vec::new();
    for candidate in judged.candidates(0) {
        let mut case = Case::default();
        judged.evaluator.judge(RULE, 0, Some(&candidate), &mut case, &mut None);
        asked.push(case.asked);
    }
    assert_eq!(asked, [vec![], vec![7], vec![], vec![]]);
}

#[test]
fn the_first_failing_clause_is_told() {
    let world = World::new(RESOURCES);
    let rules = parsed("rule r { T::A::F { Size > 0\nSize > 1\nType != 'T::A::F' } }", Dialect::Page);
    let mut judged = Judged::new(&rules, &world);
    let members = judged.candidates(0);
    assert_eq!(judged.told(0, &members[0]).as_deref(), Some("1"));
    assert_eq!(judged.told(0, &members[1]).as_deref(), Some("T::A::F"));
}

#[test]
fn the_message_behind_the_last_alternative_speaks_for_all_of_them() {
    let world = World::new(RESOURCES);
    let rules =
        parsed("rule r { T::A::F { Size > 7 or\nType == 'T::A::Q' << too small >> } }", Dialect::Page);
    let mut judged = Judged::new(&rules, &world);
    let members = judged.candidates(0);
    let mut failure = None;
    judged.evaluator.judge(RULE, 0, Some(&members[0]), &mut Plain, &mut failure);
    assert!(failure.is_some_and(|failure| failure.message.is_some()));
}

#[test]
fn a_selection_that_must_be_empty_gathers_its_members() {
    let world = World::new(RESOURCES);
    let rules =
        parsed("let f = Resources.*[ Type == 'T::A::F' ]\nrule r { %f[ Size < 3 ] empty }", Dialect::Page);
    let mut judged = Judged::new(&rules, &world);
    let candidates = judged.evaluator.candidates(RULE, 0, Shortlist::Open, &mut Plain);
    assert!(matches!(candidates, Candidates::Gathered(ref nodes) if nodes.len() == 3));
    assert_eq!(judged.statuses(0, &mut Plain), [Fail, Fail, Unknown]);
    let first = judged.candidates(0).remove(0);
    assert_eq!(judged.told(0, &first).as_deref(), Some("{Type: T::A::F, Size: 1}"));
}

const MACHINES: &str = "Machines:
  M: {Type: E, States: [{Name: a, Size: 1}, !If [7, {Name: b, Size: 9}], {Name: c, Size: 9}]}
  N: !If [8, {Type: E, States: [{Name: d, Size: 9}]}]
  O: {Type: S, States: [{Name: e, Size: 9}]}
";

#[test]
fn a_block_on_members_of_members_is_about_each_of_the_inner_ones() {
    let world = World::new(MACHINES);
    for rules in [
        "rule r { Machines.*[ Type == 'E' ].States[ Name exists ] { Size == 1 } }",
        "rule r { Machines[ Type == 'E' ].States[*] { Size == 1 } }",
        "let m = Machines.*[ Type == 'E' ]\nrule r { %m.States.* { Size == 1 } }",
        "let s = Machines.*.States[ Name != 'e' ]\nrule r { %s { Size == 1 } }",
        "let s = Machines.*.States[ Name != 'e' ]\nrule r { %s.Size == 1 }",
    ] {
        let parsed = parsed(rules, Dialect::Page);
        let mut judged = Judged::new(&parsed, &world);
        assert_eq!(judged.statuses(0, &mut Plain), [Pass, Fail, Fail, Fail], "{rules}");
        // What it is inside of has to be there too.
        assert_eq!(judged.statuses(0, &mut Case::without(&[7])), [Pass, Skip, Fail, Fail], "{rules}");
        assert_eq!(judged.statuses(0, &mut Case::without(&[8])), [Pass, Fail, Fail, Skip], "{rules}");
    }
}

#[test]
fn a_member_without_the_inner_list_leaves_the_question_to_the_document() {
    let world = World::new("Machines: {M: {States: [{Size: 1}]}, N: {Type: E}}\n");
    let rules = parsed("rule r { Machines.*.States[*] { Size == 1 } }", Dialect::Page);
    let mut evaluator = Evaluator::new(&rules, &world.tree, &world.names);
    assert_eq!(evaluator.candidates(RULE, 0, Shortlist::Open, &mut Plain), Candidates::Whole);
    assert_eq!(evaluator.judge(RULE, 0, None, &mut Plain, &mut None), Fail);
    // Unless it is none of those that are meant.
    let rules = parsed("rule r { Machines.*[ Type !exists ].States[*] { Size == 1 } }", Dialect::Page);
    assert_eq!(Judged::new(&rules, &world).statuses(0, &mut Plain), [Pass]);
}

#[test]
fn what_is_not_about_members_is_about_the_document() {
    let world = World::new(RESOURCES);
    let rules = "rule r {
        Resources exists
        Resources.A { Size == 2 }
        some Resources.*[ Size == 1 ] { Size == 1 }
        Resources.*[ Size == 1 ] !empty
        when Resources exists { Resources.A.Size == 1 }
    }";
    let rules = parsed(rules, Dialect::Page);
    let mut evaluator = Evaluator::new(&rules, &world.tree, &world.names);
    assert_eq!(evaluator.survey.number_of_items(RULE), 5);
    let mut statuses = Vec::new();
    for item in 0..5 {
        assert_eq!(evaluator.candidates(RULE, item, Shortlist::Open, &mut Plain), Candidates::Whole);
        statuses.push(evaluator.judge(RULE, item, None, &mut Plain, &mut None));
    }
    assert_eq!(statuses, [Pass, Fail, Pass, Pass, Pass]);
}

#[test]
fn the_conditions_around_an_item_belong_to_it() {
    let world = World::new(RESOURCES);
    let status = |condition: &str| {
        let rules = format!(
            "rule r {{ when {condition} {{ let n = 1\nResources.*[ Type == 'T::A::F' ] {{ Size < %n }} }} }}"
        );
        let rules = parsed(&rules, Dialect::Page);
        Judged::new(&rules, &world).statuses(0, &mut Plain)[0]
    };
    assert_eq!(status("Resources exists"), Fail);
    assert_eq!(status("Resources !exists"), Skip);
    assert_eq!(status("Resources.D.Size == 1"), Unknown);
}

#[test]
fn the_gate_is_apart_from_the_items() {
    let world = World::new(RESOURCES);
    let gate = |condition: &str| {
        let rules = parsed(&format!("rule r {condition} {{ T::A::F {{ Size == 1 }} }}"), Dialect::Page);
        Evaluator::new(&rules, &world.tree, &world.names).gate(RULE, &mut Plain, &mut None)
    };
    assert_eq!(gate(""), Pass);
    assert_eq!(gate("when Resources exists"), Pass);
    assert_eq!(gate("when Resources empty"), Fail);
    assert_eq!(gate("when Resources.D.Size == 1"), Unknown);
}

#[test]
fn a_variable_that_depends_on_the_case_is_not_kept_for_the_next() {
    let world = World::new(RESOURCES);
    let rules = parsed("let b = Resources.B.Size\nrule r { Resources.A { %b == 2 } }", Dialect::Page);
    let mut evaluator = Evaluator::new(&rules, &world.tree, &world.names);
    for (case, wanted) in [(&[][..], Pass), (&[7][..], Fail), (&[][..], Pass)] {
        assert_eq!(evaluator.judge(RULE, 0, None, &mut Case::without(case), &mut None), wanted);
    }
}

#[test]
fn a_kept_variable_tells_each_case_what_it_read() {
    let world = World::new(RESOURCES);
    let rules =
        parsed("let n = add(Resources.A.Size, 1)\nrule r { Resources.C { Size == %n } }", Dialect::Page);
    let mut evaluator = Evaluator::new(&rules, &world.tree, &world.names);
    for _ in 0..2 {
        let mut case = Case::default();
        evaluator.judge(RULE, 0, None, &mut case, &mut None);
        let read: Vec<&str> = case.read.iter().map(|place| world.at(*place)).collect();
        assert_eq!(read, ["1", "3"]);
    }
}

#[test]
fn what_was_read_for_a_value_of_a_variable_counts_where_that_one_is_used() {
    let world = World::new(
        "Resources:
  A: {Id: a, Of: x1, Size: 1}
  B: {Id: b, Of: y, Size: 2}
  C: {Id: c, Of: x2, Size: 3}
",
    );
    for (clause, wanted) in [
        ("%of_x { Id == 'a' }", ["1", "3", "a", "c", "x1", "x2"].as_slice()),
        ("%of_x[ Size > 1 ] { Id == 'none' }", &["3", "c", "x2"]),
        ("%of_y !empty", &["2", "y", "{Id: b, Of: y, Size: 2}"]),
        ("%of_y { Id == 'none' }", &["2", "b", "y"]),
        ("Resources.A { Id == 'none' }", &["a"]),
    ] {
        let rules = format!(
            "let sized = Resources.*[ Size > 0 ]
let of_x = %sized[ Of == /x/ ]
let of_y = %sized[ Of == /y/ ]
rule r {{ {clause} }}"
        );
        let rules = parsed(&rules, Dialect::Page);
        let mut evaluator = Evaluator::new(&rules, &world.tree, &world.names);
        let mut case = Case::default();
        evaluator.judge_whole(RULE, 0, &mut case, &mut Vec::new());
        let mut read: Vec<&str> = case.read.iter().map(|place| world.at(*place)).collect();
        read.sort_unstable();
        assert_eq!(read, wanted, "{clause}");
    }
}
