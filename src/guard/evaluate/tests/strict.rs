//! Verdicts of cfn-guard 3.2.1 that strict evaluation follows where ours would be another, or where it took a
//! comparison of many thousands of rules to find them.

use super::{Dialect, Evaluator, Plain, RuleIndex, Status, World, parsed};
use Status::{Fail, Pass, Skip};

/// The status of the last rule of a plain file, evaluated in the order of the file; `None` if that ends in an error.
fn strict(rules: &str) -> Option<Status> {
    let world = World::new("L: [5, x]\nN: 5\nE: ''\nM: {k: {a: 1, O: [{b: 2}]}}\n");
    let rules = parsed(rules, Dialect::Guard);
    let mut evaluator = Evaluator::new(&rules, &world.tree, &world.names).strict();
    let mut last = None;
    for index in 0..rules.rules().count() {
        let mut failures = Vec::new();
        let status = evaluator.status(RuleIndex(index), &mut Plain, &mut failures);
        let is_broken = failures.iter().any(|failure| failure.error.is_some());
        last = if is_broken { None } else { Some(status) };
    }
    last
}

#[track_caller]
fn statuses(wanted: &[(&str, Option<Status>)]) {
    for (clauses, status) in wanted {
        assert_eq!(strict(&format!("rule r {{\n{clauses}\n}}\n")), *status, "{clauses}");
    }
}

#[test]
fn a_filter_behind_all_elements_is_about_a_scalar_itself() {
    statuses(&[("L[*][ this >= 1 ] is_int", Some(Pass)), ("L { this[*][ this >= 1 ] is_list }", Some(Fail))]);
}

#[test]
fn a_filter_behind_all_elements_is_about_the_member_of_a_map_around_them() {
    statuses(&[
        ("M.*.O[*][ a == 1 ] exists", Some(Pass)),
        ("M.*.O[*][ b == 2 ] exists", Some(Skip)),
        ("M.*[*][ a == 1 ] exists", Some(Pass)),
        ("M[ a == 1 ].O[*][ a == 1 ] exists", Some(Pass)),
        ("M[*][ M exists ] exists", Some(Pass)),
    ]);
}

#[test]
fn a_filter_behind_an_index_or_this_or_a_filter_ends_the_way_at_a_scalar() {
    statuses(&[
        ("L[0][ this == 5 ] exists", Some(Fail)),
        ("N { this[ this == 5 ] exists }", Some(Fail)),
        ("L[*][ this == 5 ][ this == 5 ] exists", Some(Fail)),
    ]);
}

#[test]
fn a_variable_may_follow_a_variable() {
    let rules = "let k = 'k'\nrule q {\nM.%k.%k exists\n}\nrule r {\nwhen q\n{\nN == 6\n}\n}\n";
    assert_eq!(strict(rules), Some(Skip));
}

#[test]
fn a_quoted_key_that_begins_with_a_percent_sign_is_a_variable() {
    for (clause, status) in [
        ("'%k' == 'k'", Pass),
        ("'%k' != 'k'", Fail),
        ("M.'%k' exists", Pass),
        ("M['%k'].a == 1", Pass),
        ("'%k'.k exists", Fail),
    ] {
        assert_eq!(strict(&format!("let k = 'k'\nrule r {{\n{clause}\n}}\n")), Some(status), "{clause}");
    }
    statuses(&[("'%nowhere' exists", None)]);
}

#[test]
fn a_pattern_is_compiled_when_a_text_is_to_be_matched() {
    statuses(&[
        ("let x = regex_replace(N, '[', 'x')\n%x empty", Some(Pass)),
        ("let x = regex_replace(E, '[', 'x')\n%x empty", None),
    ]);
}

#[test]
fn a_character_is_one_byte() {
    statuses(&[
        ("let x = parse_char('z')\n%x in r[a,z]", Some(Pass)),
        ("let x = parse_char('\u{e9}')\n%x in r[a,z]", Some(Fail)),
        ("let x = parse_char('\u{e9}')\nN == 5 or %x exists", Some(Pass)),
    ]);
}

#[test]
fn a_text_without_a_value_is_null_to_json_parse() {
    statuses(&[("let x = json_parse(E)\n%x is_null", Some(Pass))]);
}

#[test]
fn a_call_with_too_many_arguments_is_a_failure_where_a_clause_can_fail_for_it() {
    let called = |clause| strict(&format!("rule p(x) {{\n%x exists\n}}\nrule r {{\n{clause}\n}}\n"));
    assert_eq!(called("M[ p(1, 1) ] exists"), Some(Fail));
    assert_eq!(called("p(1, 1)"), None);
}

#[test]
fn a_crash_over_a_literal_shows_through_a_call_if_the_rule_fails() {
    let called =
        |clauses| strict(&format!("let v = 1\nrule p(x) {{\n%v is_bool\n}}\nrule r {{\n{clauses}\n}}\n"));
    assert_eq!(called("p(N) <<why>>"), None);
    assert_eq!(called("not p(N)"), Some(Pass));
    assert_eq!(called("not p(N)\nN == 6"), None);
}
