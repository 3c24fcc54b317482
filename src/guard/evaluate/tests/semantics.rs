//! Corners of Guard 3.2.1 that the probes touch only once.

use super::{Dialect, Plain, Status, World};
use Status::{Fail, Pass, Skip};

fn world() -> World {
    World::new(
        "S: abc\nN: 5\nF: 5.5\nZ: null\nE: ''\nL: [1, 2, 3]\nEL: []\nM: {k1: 1, k2: 2}\nO: [{a: 1, b: x}, {a: 2, b: y}]\n",
    )
}

/// Asserts the status of each clause, in a plain file.
#[track_caller]
fn statuses(world: &World, wanted: &[(&str, Status)]) {
    for (clauses, status) in wanted {
        let rules = format!("rule r {{\n{clauses}\n}}\n");
        assert_eq!(world.run(&rules, Dialect::Guard, &mut Plain).0, *status, "{clauses}");
    }
}

#[test]
fn a_prefix_negation_and_the_operators_own_cancel_out() {
    statuses(
        &world(),
        &[("not N == 5", Fail), ("not N != 5", Pass), ("not S !exists", Pass), ("!N > 6", Pass)],
    );
}

#[test]
fn what_is_missing_fails_a_comparison_and_its_negation() {
    statuses(&world(), &[("X == 1", Fail), ("X != 1", Fail), ("X not in [1]", Fail), ("N == X", Fail)]);
}

#[test]
fn what_cannot_be_compared_fails_both_ways_but_is_not_in_a_list() {
    statuses(&world(), &[("S == 5", Fail), ("S != 5", Fail), ("S not in [5]", Pass), ("N != null", Fail)]);
}

#[test]
fn a_missing_value_has_no_type_and_is_empty() {
    statuses(
        &world(),
        &[("X is_string", Fail), ("X !is_string", Pass), ("X empty", Pass), ("Z exists", Pass)],
    );
}

#[test]
fn a_number_is_neither_empty_nor_not() {
    statuses(&world(), &[("N empty", Fail), ("N !empty", Fail), ("when N !empty { N == 6 }", Fail)]);
}

#[test]
fn an_empty_list_compares_with_nothing_and_passes() {
    statuses(&world(), &[("EL == 1", Pass), ("EL != 1", Pass), ("some EL == 1", Fail), ("EL[*] == 1", Fail)]);
}

#[test]
fn a_comparison_with_a_variable_that_finds_nothing_fails_and_says_nothing_in_a_filter() {
    for clause in ["a in %none", "a not in %none", "a == %none", "a != %none"] {
        let none = "let none = O[ a == 9 ].b\n";
        statuses(
            &world(),
            &[
                (&format!("{none} O[0] {{ {clause} }}"), Fail),
                (&format!("{none} O[ {clause} ] {{ a == 9 }}"), Skip),
                (&format!("{none} O[ a == 1  {clause} ] {{ a == 1 }}"), Pass),
                (&format!("{none} O[ a == 9  {clause} ] {{ a == 1 }}"), Skip),
                (&format!("{none} O[0] {{ when {clause} {{ a == 9 }} }}"), Skip),
                (&format!("{none} when %none !empty {{ O[0] {{ {clause} }} }}"), Skip),
            ],
        );
    }
}

#[test]
fn two_queries_are_compared_as_sets() {
    statuses(
        &world(),
        &[("O[*].a == M.*", Pass), ("O[*].a != M.*", Fail), ("O[*].a != L[2]", Pass), ("O[*].a in L", Pass)],
    );
}

#[test]
fn partial_overlap_is_neither_in_nor_not_in() {
    statuses(&world(), &[("L in [1, 8]", Fail), ("L not in [1, 8]", Fail), ("L not in [8, 9]", Pass)]);
}

#[test]
fn in_on_a_text_means_part_of_it() {
    statuses(&world(), &[("S in 'xabcx'", Pass), ("S in 'ab'", Fail), ("S not in 'ab'", Pass)]);
}

#[test]
fn numbers_of_both_kinds_compare_and_fit_into_ranges() {
    statuses(
        &world(),
        &[
            ("N == 5.0", Pass),
            ("F > 5", Pass),
            ("F in r(5,6)", Pass),
            ("N in r(5,6]", Fail),
            ("N in r[9,1]", Fail),
        ],
    );
}

#[test]
fn an_order_opens_one_level_of_lists_and_compares_all_with_all() {
    statuses(&world(), &[("L > 0", Pass), ("L >= L", Fail), ("some L >= L", Pass)]);
}

#[test]
fn a_filter_that_keeps_nothing_skips_the_clause() {
    statuses(
        &world(),
        &[("O[ a > 9 ].b == 'x'", Skip), ("O[ a > 9 ] empty", Pass), ("O[ a > 9 ] !empty", Fail)],
    );
}

#[test]
fn filters_at_a_glance_say_what_filters_say() {
    let world = world();
    for (glance, general) in [
        ("b == 'x'", "b == /^x$/"),
        ("b != 'x'", "b != /^x$/"),
        ("b in ['x', 'z']", "b in [/^[xz]$/]"),
        ("b not in ['x', 'never']", "b not in [/^x$/]"),
        ("a == 'x'", "a == /x/"),
        ("b == 'never'", "b == /never/"),
        ("b == 'x' a == 1", "b == /x/ a == 1"),
        ("b == 'x' L[ this == 1 ] exists", "b == /x/ L[ this == 1 ] exists"),
    ] {
        for dialect in [Dialect::Guard, Dialect::Page] {
            let kept = |filter: &str| {
                let counts = |n: usize| {
                    world
                        .run(
                            &format!("rule r {{ let n = count(O[ {filter} ])\n%n == {n} }}"),
                            dialect,
                            &mut Plain,
                        )
                        .0
                };
                (0..4).find(|n| counts(*n) == Pass).unwrap()
            };
            assert_eq!(kept(glance), kept(general), "{glance}");
        }
    }
}

#[test]
fn members_that_lead_to_nothing_are_no_missing_members() {
    statuses(&world(), &[("O[*][ keys == 'z' ] exists", Skip), ("O[*][ keys == 'b' ] exists", Pass)]);
}

#[test]
fn a_filter_behind_all_elements_is_about_each_element() {
    statuses(&world(), &[("O[*][ a == 1 ].b == 'x'", Pass), ("O[ a exists ][ a == 2 ].b == 'y'", Pass)]);
}

#[test]
fn an_empty_reference_fails_an_assertion_and_skips_a_condition() {
    let nothing = "let v = O[ a > 9 ]";
    statuses(
        &world(),
        &[
            (&format!("{nothing}\nN == %v"), Fail),
            (&format!("{nothing}\nN != %v"), Fail),
            (&format!("{nothing}\n%v == 1"), Fail),
            (&format!("{nothing}\nwhen N == %v {{ N == 6 }}"), Skip),
        ],
    );
}

#[test]
fn a_variable_is_evaluated_where_it_is_defined_and_only_when_it_is_used() {
    statuses(
        &world(),
        &[
            ("let n = N\nO[0] { %n == 5 }", Pass),
            ("let broken = %nowhere\nN == 5", Pass),
            ("%n == 5\nlet n = N", Pass),
            ("let all = L[*]\nO[*] { let me = a\n %all[ this == %me ] !empty }", Pass),
        ],
    );
}

#[test]
fn an_undefined_variable_fails_its_rule_and_says_so() {
    let (status, failures) = world().run("rule r {\nN == 6\n%nowhere == 1\n}\n", Dialect::Guard, &mut Plain);
    assert_eq!(status, Fail);
    let errors: Vec<_> = failures.iter().map(|failure| failure.error.as_ref().unwrap().to_string()).collect();
    assert_eq!(errors, ["no scope around this clause has a variable `%nowhere`"]);
}

#[test]
fn captured_keys_are_a_variable() {
    statuses(
        &world(),
        &[("M[ n | this == 1 ] exists\n%n == 'k1'", Pass), ("M[ n ] exists\n%n in ['k1', 'k2']", Pass)],
    );
}

#[test]
fn a_reference_to_a_rule_that_does_not_apply_is_no_assertion() {
    let world = world();
    let second = "rule b when N == 6 { N == 6 }\n";
    let status = |first: &str| world.run(&format!("{first}\n{second}"), Dialect::Guard, &mut Plain).0;
    assert_eq!(status("rule r {\nb\n}"), Fail);
    assert_eq!(status("rule r {\nnot b\n}"), Fail);
    assert_eq!(status("rule r when b\n { N == 5 }"), Skip);
    assert_eq!(status("rule r when not b\n { N == 5 }"), Pass);
}

#[test]
fn a_parameterized_rule_runs_where_it_is_called() {
    let world = world();
    let rules = "let all = L[*]\nrule r {\nO[*] { in_list(%all) }\n}\nrule in_list(list) { a in %list }\n";
    assert_eq!(world.run(rules, Dialect::Guard, &mut Plain).0, Pass);
}

#[test]
fn functions_nest_as_arguments() {
    statuses(
        &world(),
        &[
            ("N == add(2, multiply(1, 3))", Pass),
            ("N <= max(count(L[*]), subtract(10, 4))", Pass),
            ("F == min(add(5, 0.5), 9)", Pass),
            ("let sum = add(X, 1)\nN == %sum", Fail),
        ],
    );
}

#[test]
fn json_in_a_text_can_be_queried() {
    let world = World::new("P: '{\"Statement\": [{\"Effect\": \"Deny\"}]}'\n");
    assert_eq!(world.status("let p = json_parse(P)\n%p.Statement[*].Effect == 'Deny'"), Pass);
    let (_, failures) =
        world.run("rule r {\nlet p = json_parse('{')\n%p exists\n}\n", Dialect::Guard, &mut Plain);
    assert!(failures[0].error.is_some());
}

#[test]
fn pages_find_keys_as_they_are_written() {
    let world = world();
    assert_eq!(world.run("rule r { Ns exists }", Dialect::Guard, &mut Plain).0, Pass);
    assert_eq!(world.run("rule r { Ns exists }", Dialect::Page, &mut Plain).0, Fail);
}
