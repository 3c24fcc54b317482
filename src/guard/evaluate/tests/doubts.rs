//! What is unknown, conditional or one of several.

use super::{Case, Dialect, Plain, Status, World};
use Status::{Fail, Pass, Skip, Unknown};

#[track_caller]
fn statuses(world: &World, wanted: &[(&str, Status)]) {
    for (clauses, status) in wanted {
        assert_eq!(world.status(clauses), *status, "{clauses}");
    }
}

#[test]
fn an_unknown_value_exists_and_is_nothing_for_certain() {
    let world = World::new("U: !Unknown ''\nN: 5\n");
    statuses(
        &world,
        &[
            ("U exists", Pass),
            ("U !exists", Fail),
            ("U == 5", Unknown),
            ("U != 5", Unknown),
            ("U > 5", Unknown),
            ("U in [5]", Unknown),
            ("U not in ['a', 'b']", Unknown),
            ("N in U", Unknown),
            ("U empty", Unknown),
            ("U !empty", Unknown),
            ("U is_string", Unknown),
            ("U !is_list", Unknown),
            ("N == to_lower(U)", Unknown),
            ("N > add(U, 1)", Unknown),
            ("let n = count(U[*])\n%n == 1", Unknown),
        ],
    );
}

#[test]
fn nobody_knows_what_is_behind_an_unknown_value() {
    let world = World::new("U: !Unknown ''\n");
    statuses(&world, &[("U.a exists", Unknown), ("U.a !exists", Unknown), ("U[*] { a == 1 }", Unknown)]);
    statuses(&world, &[("U[ a == 1 ] empty", Unknown), ("U[ a == 1 ] !empty", Unknown)]);
}

#[test]
fn an_open_map_may_have_any_key_but_has_those_that_it_has() {
    let world = World::new("M: !Open {a: 1}\nC: {a: 1}\n");
    statuses(
        &world,
        &[
            ("M.b exists", Unknown),
            ("M.b == 1", Unknown),
            ("M.a == 1", Pass),
            ("M !empty", Pass),
            ("M == {a: 1}", Unknown),
            ("M == {a: 2}", Fail),
            ("M.* == 1", Unknown),
            ("M.* == 2", Fail),
            ("M[ this == 1 ] !empty", Pass),
            ("M[ this == 1 ] empty", Fail),
            ("M[ this == 2 ] empty", Unknown),
            ("C[ this == 2 ] empty", Pass),
        ],
    );
}

#[test]
fn one_unknown_leaves_a_conjunction_open_until_something_fails() {
    let world = World::new("U: !Unknown ''\nN: 5\n");
    statuses(
        &world,
        &[
            ("U == 1\nN == 5", Unknown),
            ("U == 1\nN == 6", Fail),
            ("U == 1 or N == 5", Pass),
            ("U == 1 or N == 6", Unknown),
            ("when U == 1 { N == 6 }", Unknown),
            ("when U == 1 { N == 5 }", Pass),
            ("when U == 1\n N == 6 { N == 6 }", Skip),
        ],
    );
}

#[test]
fn a_rule_under_an_unknown_condition_does_not_fail() {
    let world = World::new("U: !Unknown ''\nN: 5\n");
    let (status, failures) = world.run("rule r when U == 1 { N == 6 }", Dialect::Page, &mut Plain);
    assert_eq!((status, failures.len()), (Unknown, 0));
}

#[test]
fn a_member_that_a_filter_cannot_place_is_possible() {
    let world = World::new("L: [{k: !Unknown '', v: 1}, {k: a, v: 2}]\nQ: [{k: !Unknown '', v: 1}]\n");
    statuses(
        &world,
        &[
            ("L[ k == 'a' ] { v == 2 }", Unknown),
            ("L[ k == 'a' ] { v == 3 }", Fail),
            ("L[ k == 'a' ] { v < 3 }", Pass),
            ("L[ k == 'a' ].v == 2", Unknown),
            ("L[ k == 'a' ] !empty", Pass),
            ("L[ k == 'a' ] empty", Fail),
            ("Q[ k == 'a' ] !empty", Unknown),
            ("Q[ k == 'a' ] empty", Unknown),
            ("Q[ k == 'a' ].v exists", Unknown),
            ("some Q[ k == 'a' ].v == 1", Unknown),
            ("let n = count(L[ k == 'a' ])\n%n == 1", Unknown),
            ("let n = count(L[*])\n%n == 2", Pass),
        ],
    );
}

#[test]
fn what_holds_for_possible_members_alone_is_no_certain_condition() {
    // Without the member the clause says nothing, and the condition does not hold.
    let world = World::new("Q: [{k: !Unknown '', v: 1}]\nL: [{k: !Unknown '', v: 1}, {k: a, v: 1}]\nN: 5\n");
    statuses(
        &world,
        &[
            ("let t = Q[ k == 'a' ]\nwhen %t.v == 1 { N == 6 }", Unknown),
            ("let t = Q[ k == 'a' ]\nwhen %t.v == 1 { N == 5 }", Pass),
            ("let t = Q[ k == 'a' ]\nwhen %t.v is_int { N == 6 }", Unknown),
            ("let one = 1\nlet t = Q[ k == 'a' ]\nwhen %one == %t.v { N == 6 }", Unknown),
            ("let t = Q[ k == 'a' ]\nQ[ %t.v == 1 ] !empty", Unknown),
            ("let t = Q[ k == 'a' ]\n%t.v == 1", Pass),
            ("let t = L[ k == 'a' ]\nwhen %t.v == 1 { N == 6 }", Fail),
        ],
    );
    for (held, status) in [
        ("Q[ k == 'a' ].v == 1", Unknown),
        ("Q[ k == 'a' ] { v == 1 }", Unknown),
        ("L[ k == 'a' ] { v == 1 }", Fail),
    ] {
        let named = format!("rule r when held {{ N == 6 }}\nrule held {{ {held} }}");
        assert_eq!(world.run(&named, Dialect::Page, &mut Plain).0, status, "{held}");
    }
}

#[test]
fn the_first_alternative_whose_condition_holds_is_meant() {
    let world = World::new("N: !Choice [[1, 10], [2, 20]]\n");
    let status =
        |case: &mut Case, clause: &str| world.run(&format!("rule r {{ {clause} }}"), Dialect::Page, case).0;
    assert_eq!(status(&mut Case::default(), "N == 10"), Pass);
    assert_eq!(status(&mut Case::without(&[1]), "N == 20"), Pass);
    assert_eq!(status(&mut Case::without(&[1, 2]), "N !exists"), Pass);
}

#[test]
fn an_item_that_is_not_there_vanishes_from_its_list() {
    let world = World::new("L: [!If [1, 10], 20]\nA: [!If [1, 10]]\n");
    let status =
        |case: &mut Case, clause: &str| world.run(&format!("rule r {{\n{clause}\n}}"), Dialect::Page, case).0;
    for (clause, with, without) in [
        ("L == [10, 20]", Pass, Fail),
        ("L[0] == 10", Pass, Fail),
        ("let n = count(L[*])\n%n == 2", Pass, Fail),
        ("A !empty", Pass, Fail),
        ("A[*] exists", Pass, Fail),
    ] {
        assert_eq!(status(&mut Case::default(), clause), with, "{clause}");
        assert_eq!(status(&mut Case::without(&[1]), clause), without, "{clause}");
    }
}

#[test]
fn one_of_several_is_picked_by_the_case() {
    let world = World::new("N: !OneOf [1, 2]\n");
    for (pick, wanted) in [(0, Pass), (1, Fail)] {
        let mut case = Case { pick, ..Case::default() };
        assert_eq!(world.run("rule r { N == 1 }", Dialect::Page, &mut case).0, wanted);
        assert_eq!(case.picked, 1);
    }
}

#[test]
fn existence_is_asked_last_and_only_of_what_the_filter_keeps() {
    let world = World::new("R: {a: !If [1, {t: x}], b: !If [2, {t: y}], c: {t: x}}\n");
    for query in ["R.*[ t == 'y' ]", "R[ t == 'y' ]"] {
        let mut case = Case::default();
        world.run(&format!("rule r {{ {query} empty }}"), Dialect::Page, &mut case);
        assert_eq!(case.asked, [2], "{query}");
    }
}

#[test]
fn the_case_is_told_what_was_read_but_not_what_a_filter_turned_away() {
    let world = World::new("R: {a: {t: x, n: 1}, b: {t: y, n: 2}}\n");
    let mut case = Case::default();
    world.run("rule r { R.*[ t == 'x' ].n == 1 }", Dialect::Page, &mut case);
    let read: Vec<&str> = case.read.iter().map(|place| world.at(*place)).collect();
    assert_eq!(read, ["x", "1"]);
}

#[track_caller]
fn assert_doubts(world: &World, rules: &str, wanted: &[&str]) {
    let mut case = Case::default();
    assert_eq!(world.run(rules, Dialect::Page, &mut case).0, Unknown, "{rules}");
    let doubted: Vec<&str> = case.doubted.iter().map(|place| world.at(*place)).collect();
    assert_eq!(doubted, wanted, "{rules}");
}

#[test]
fn the_case_is_told_what_an_unknown_status_rests_on() {
    let world = World::new("A: !Unknown a\nB: !Unknown b\nM: !Open {c: 1}\nN: 5\n");
    for (clauses, wanted) in [
        ("A == 1", &["a"][..]),
        ("A == 1\nB == 1", &["a", "b"]),
        ("A == 1 or N == 5\nB == 1", &["b"]),
        ("when A == 1 { N == 5 }\nB == 1", &["b"]),
        ("when A == 1 { N == 6 }", &["a"]),
        ("A exists\nB == 1", &["b"]),
        ("A.x == 1", &["a"]),
        ("M.x == 1", &["{c: 1}"]),
        ("M == {c: 1}", &["{c: 1}"]),
        ("let more = add(A, 1)\nN < %more", &["a"]),
        ("let more = add(A, 1)\n%more > 0 or N == 5\nN < %more", &["a"]),
    ] {
        assert_doubts(&world, &format!("rule r {{\n{clauses}\n}}"), wanted);
    }
    assert_doubts(&world, "let more = add(A, 1)\nrule r when %more !empty {\nN < %more\n}", &["a"]);
    assert_doubts(&world, "rule r { q\nB == 1 }\nrule q when A == 1 { N == 6 }", &["a", "b"]);
}

#[test]
fn a_member_that_a_filter_turns_away_leaves_no_doubts() {
    let world = World::new("L: [{k: !Unknown a, v: 1}, {k: !Unknown b, v: 2}]\n");
    assert_doubts(&world, "rule r { L[ k == 'x'  v == 1 ].v == 2 }", &["a"]);
}

#[test]
fn a_certain_status_has_no_doubts() {
    let world = World::new("A: !Unknown a\nN: 5\n");
    for clauses in ["A == 1 or N == 5", "A == 1\nN == 6", "when A == 1\nN == 6 { N == 6 }", "A exists"] {
        let mut case = Case::default();
        world.run(&format!("rule r {{\n{clauses}\n}}"), Dialect::Page, &mut case);
        assert!(case.doubted.is_empty(), "{clauses}");
    }
}

#[test]
fn what_is_true_of_every_number_within_bounds_is_proved() {
    let world = World::new("N: !Between [60, 900]\nL: !Between [60]\nF: 30\nU: !Unknown ''\n");
    statuses(
        &world,
        &[
            ("N exists", Pass),
            ("N > 59", Pass),
            ("N > 60", Unknown),
            ("N >= 60", Pass),
            ("N >= 901", Fail),
            ("N <= 59", Fail),
            ("N <= 60", Unknown),
            ("N < 60", Fail),
            ("N < 900.5", Pass),
            ("L < 1000000", Unknown),
            ("L <= 59", Fail),
            ("F < N", Pass),
            ("F >= N", Fail),
            ("N > L", Unknown),
            ("N > U", Unknown),
            ("N > 'a'", Unknown),
            ("N == 30", Fail),
            ("N != 30", Pass),
            ("N == 60", Unknown),
            ("N == 'a'", Unknown),
            ("N in [1, 2]", Fail),
            ("N not in [1, 2]", Pass),
            ("N in [1, 60]", Unknown),
            ("N in r[60, 900]", Pass),
            ("N in r(60, 900]", Unknown),
            ("N in r[1, 60)", Fail),
            ("N == r[1, 10]", Fail),
            ("N in r[1.5, 10.5]", Fail),
            ("N empty", Unknown),
            ("N is_string", Unknown),
            ("N.key exists", Unknown),
        ],
    );
}

#[test]
fn bounds_are_calculated_with() {
    let world = World::new("N: !Between [60, 900]\nL: !Between [60]\nZ: !Between [-1, 1]\nU: !Unknown ''\n");
    statuses(
        &world,
        &[
            ("let six = multiply(L, 6)\n%six >= 360", Pass),
            ("let six = multiply(L, 6)\n%six > 360", Unknown),
            ("let six = multiply(L, 6)\n%six <= 300", Fail),
            ("let less = subtract(100, N)\n%less <= 40", Pass),
            ("let less = subtract(100, N)\n%less <= -800", Unknown),
            ("let more = add(N, N)\n%more >= 120", Pass),
            ("let shorter = divide(N, 60)\n%shorter <= 15", Pass),
            ("let none = divide(60, Z)\n%none <= 15", Unknown),
            ("let one = add(N, U)\n%one >= 0", Unknown),
        ],
    );
}

#[test]
fn the_known_ends_of_a_text_say_what_it_is_not() {
    let world = World::new("T: !Ends ['arn:', '/x']\nN: !Ends ['', '', 1]\nL: !Items 1\n");
    statuses(
        &world,
        &[
            ("T == 'arn:y/x'", Unknown),
            ("T == 'queue/x'", Fail),
            ("T != 'queue/x'", Pass),
            ("'arn:/y' == T", Fail),
            ("T == 'arn:x'", Fail),
            ("T in ['a', 'b']", Fail),
            ("T == /x$/", Unknown),
            ("let part = 'queue'\n%part in T", Fail),
            ("let part = 'arn:y/x'\n%part in T", Unknown),
            ("T !empty", Pass),
            ("N !empty", Pass),
            ("N == ''", Fail),
            ("N == 5", Unknown),
            ("L !empty", Pass),
            ("L[*] exists", Unknown),
            ("let n = count(L[*])\n%n == 1", Unknown),
        ],
    );
}
