//! Resources among so many of another type that filters look them up by their type: no answer changes.

use std::ops::Range;

use super::{Case, Dialect, Failure, Plain, Scenario, Status, World};
use Status::{Fail, Pass, Skip, Unknown};

/// The resources alone, and among thirty of another type.
fn worlds(resources: &str) -> [World; 2] {
    let others = |numbers: Range<u32>| -> String {
        numbers
            .map(|number| format!("  Other{number}: {{Type: Other, Size: {number}}}\n"))
            .collect::<Vec<_>>()
            .concat()
    };
    [
        World::new(&format!("Resources:\n{resources}")),
        World::new(&format!("Resources:\n{}{resources}{}", others(0..15), others(15..30))),
    ]
}

/// The status of a rule in both worlds, and what its failures are about.
#[track_caller]
fn answer<S: Scenario>(
    worlds: &[World; 2],
    rules: &str,
    dialect: Dialect,
    scenario: impl Fn() -> S,
) -> (Status, Vec<String>) {
    let [alone, among_others] = worlds.each_ref().map(|world| {
        let (status, failures) = world.run(rules, dialect, &mut scenario());
        let about = |failure: &Failure| world.at(failure.at.place).to_owned();
        (status, failures.iter().map(about).collect::<Vec<_>>())
    });
    assert_eq!(alone, among_others, "{rules}");
    alone
}

#[test]
fn what_has_no_plain_type_is_still_asked() {
    let worlds = worlds(
        "  A: {Type: T, N: 1}
  B: {type: T, N: 2}
  C: {N: 3}
  D: {Type: [T], N: 4}
  E: five
  F: [{Type: T, N: 6}]
  G: {Type: U, N: 7}
  H: {Type: T, N: 8}
",
    );
    for (filter, wanted) in [
        (".*[ Type == 'T' ]", &["1", "2", "4", "five", "6", "8"][..]),
        (".*[ Type == 'T'  N exists ]", &["1", "2", "4", "five", "6", "8"]),
        (".*[ Type in ['U', 'T'] ]", &["1", "2", "4", "five", "6", "7", "8"]),
        ("[ Type == 'U' ]", &["7"]),
    ] {
        let rules = format!("let x = Resources{filter}\nrule r {{ %x.N == 0 }}\n");
        let (status, about) = answer(&worlds, &rules, Dialect::Guard, || Plain);
        assert_eq!(
            (status, about),
            (Fail, wanted.iter().map(|text| (*text).to_owned()).collect()),
            "{filter}"
        );
    }
}

#[test]
fn to_find_none_of_a_type_is_to_find_nothing() {
    let worlds = worlds("  A: {Type: T}\n");
    for (clause, wanted) in [
        ("Resources.*[ Type == 'V' ] empty", Pass),
        ("Resources.*[ Type == 'V' ] exists", Skip),
        ("Resources.*[ Type != 'V' ] empty", Fail),
        ("Resources.*[ Type in [] ] empty", Pass),
    ] {
        let rules = format!("rule r {{ {clause} }}\n");
        let [_, among_others] = &worlds;
        assert_eq!(among_others.run(&rules, Dialect::Guard, &mut Plain).0, wanted, "{clause}");
    }
}

#[test]
fn a_later_clause_that_is_an_error_for_other_types_stays_one() {
    let [_, among_others] = worlds("  A: {Type: T, Size: ''}\n");
    let status = |filter: &str| {
        among_others
            .run(&format!("rule r {{ Resources.*[ {filter} ] !empty }}\n"), Dialect::Guard, &mut Plain)
            .0
    };
    assert_eq!(status("Type == 'T'  Size exists"), Pass);
    assert_eq!(status("Type == 'T'  Size empty"), Fail);
    assert_eq!(status("Type == 'T'  Size exists or %undefined exists"), Pass);
    assert_eq!(status("Type == 'T'  Gone exists or %undefined exists"), Fail);
}

#[test]
fn the_keys_of_all_members_are_captured_before_a_filter() {
    let [_, among_others] = worlds("  A: {Type: T}\n");
    let rules = |query: &str| format!("rule r {{ {query} exists\nlet keys = count(%key)\n%keys == KEYS }}\n");
    for (query, keys) in [("Resources[ key ][ Type == 'T' ]", "31"), ("Resources[ key | Type == 'T' ]", "1")]
    {
        let rules = rules(query).replace("KEYS", keys);
        assert_eq!(among_others.run(&rules, Dialect::Guard, &mut Plain).0, Pass, "{query}");
    }
}

#[test]
fn a_doubtful_member_or_type_is_not_passed_over() {
    for (resources, wanted) in [
        ("  A: !If [7, {Type: T}]\n", [Fail, Pass]),
        ("  A: {Type: !If [7, T]}\n", [Fail, Pass]),
        ("  A: {Type: !Choice [[7, T], [8, U]]}\n", [Fail, Pass]),
        ("  A: !OneOf [{Type: T}, {Type: U}]\n", [Fail, Fail]),
        ("  A: !Unknown ''\n", [Unknown, Unknown]),
        ("  A: {Type: !Unknown ''}\n", [Unknown, Unknown]),
        ("  A: !Open {N: 1}\n", [Unknown, Unknown]),
    ] {
        let worlds = worlds(resources);
        let rules = "rule r { Resources.*[ Type == 'T' ] empty }\n";
        for (case, wanted) in [&[][..], &[7]].into_iter().zip(wanted) {
            for dialect in [Dialect::Guard, Dialect::Page] {
                let (status, _) = answer(&worlds, rules, dialect, || Case::without(case));
                assert_eq!(status, wanted, "{resources}");
            }
        }
    }
}

#[test]
fn a_filter_that_compares_with_a_variable_finds_the_same_among_many() {
    let worlds = worlds(
        "  A: {Type: T, Of: x, N: 1}
  B: {Type: T, Of: y, N: 2}
  C: {Type: T, Of: [x, z], N: 3}
  D: {Type: T, N: 4}
  E: {Type: T, Of: !Unknown '', N: 5}
  F: {Type: T, Of: !OneOf [x, y], N: 6}
  G: {Type: Owner, Id: x}
  H: {Type: Owner, Id: y}
  I: {Type: Owner, Id: !Unknown ''}
  J: {Type: Owner, Id: [y, x]}
",
    );
    for filter in ["Of == %me", "Of == %me  N exists", "Of == %me  N > 1", "Of != %me", "Of == %me or N == 4"]
    {
        let rules = format!(
            "let all = Resources.*[ Type exists ]
rule r {{
    Resources.*[ Type == 'Owner' ] {{
        let me = Id
        %all[ {filter} ].N == 0
    }}
}}
"
        );
        for dialect in [Dialect::Guard, Dialect::Page] {
            assert_eq!(answer(&worlds, &rules, dialect, || Plain).0, Fail, "{filter}");
        }
    }
}
