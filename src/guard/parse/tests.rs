//! What the parser takes, and what it says of the rest.

use super::*;

/// A clause that a rule may have.
#[track_caller]
fn accepts(clause: &str) {
    accepts_file(&format!("rule r {{\n{clause}\n}}\n"));
}

#[track_caller]
fn accepts_file(text: &str) {
    if let Err(error) = Rules::parse(text, Dialect::Guard) {
        panic!("{error}\nin\n{text}");
    }
}

#[track_caller]
fn refuses(clause: &str) -> ParseError {
    refuses_file(&format!("rule r {{\n{clause}\n}}\n"))
}

#[track_caller]
fn refuses_file(text: &str) -> ParseError {
    match Rules::parse(text, Dialect::Guard) {
        Ok(_) => panic!("accepted: {text}"),
        Err(error) => error,
    }
}

#[test]
fn clauses_need_no_line_of_their_own() {
    accepts("N == 5 S == 'abc'");
    accepts("N # why\n == # because\n 5");
}

#[test]
fn a_reference_needs_the_rest_of_its_line() {
    accepts("a\nb or c");
    accepts("not a <<message>>\nb # comment");
    refuses("a b");
    refuses_file("rule a { N == 5 }\nrule q { a }\n");
}

#[test]
fn a_reference_stands_in_rules_and_conditions_only() {
    accepts("when a {\n b\n}");
    refuses("Resources.A {\n a\n}");
    refuses("Resources[ a or b ] exists");
    refuses_file("rule a { N == 5 }\na\n");
}

#[test]
fn keywords_are_keys_where_they_cannot_be_keywords() {
    for clause in
        ["when !exists", "let !exists", "rules exists", "something exists", "inbox exists", "N == nullable"]
    {
        accepts(clause);
    }
    for clause in ["some !exists", "not !exists", "whenever exists", "Missing Exists", "N NOT_IN [1]"] {
        refuses(clause);
    }
}

#[test]
fn a_word_that_begins_with_when_is_a_condition_or_an_error() {
    for clause in [
        "when { a exists }",
        "x { WHEN[ a exists ] exists }",
        "x { when.a exists }",
        "a\nwhen",
        "N is_int when",
        "when is_null\nA::B { N exists }",
        "when is_null\nor A::B { N exists }",
    ] {
        refuses(clause);
    }
    for clause in ["when exists", "x in [] WHEN f(){ a exists }", "let v = WHEN\nthis { a exists }"] {
        accepts(clause);
    }
}

#[test]
fn keys_at_the_head_of_a_filter_is_the_keyword() {
    for clause in ["B[ keys exists ] exists", "B[ c | keys is_string ] exists", "B[ KEYS['a'] == 1 ] exists"]
    {
        refuses(clause);
    }
    for clause in [
        "B[ keys ] exists",
        "B[ keysx exists ] exists",
        "B[ keys == 'a' ] exists",
        "B[ keys in ['a'] b exists ] exists",
        "B[ keys in join(a, ',') ] exists",
        "keys exists",
    ] {
        accepts(clause);
    }
}

#[test]
fn a_word_behind_or_belongs_to_it() {
    refuses("a or\nor b exists");
    refuses("x { a exists\nor in[] }");
    refuses("when a exists { b == 'c' or in x is_int { d exists } }");
    accepts("x { a exists\nor in[1] }");
    accepts("x { a exists\nor %v in [] }");
    refuses("when not a\n NOT b exists or exists a\n or not a\n {\n b exists\n}");
    for clause in [
        "a or\nb",
        "a exists or",
        "x exists or or exists",
        "x exists\nor { a exists }",
        "x[ or exists ] exists",
    ] {
        accepts(clause);
    }
}

#[test]
fn literals_and_functions_stand_on_the_right_only() {
    accepts("N == count(L[*])");
    accepts("let n = max(count(L[*]), 3)");
    for clause in ["5 == N", "count(L[*]) == 3", "2 > count(L)"] {
        refuses(clause);
    }
}

#[test]
fn strings_regexes_and_ranges_have_their_own_escapes() {
    accepts("S == 'it\\'s' S == \"a\nb\" S == /a\\/b/ N in r[1,5) F in r(1.5, 2.5] C in r[a,z]");
    for clause in ["S == //", "N in r[1, 2.0]", "S == 'a\\'", "N == 99999999999999999999", "M == {a: N}"] {
        refuses(clause);
    }
}

#[test]
fn a_regex_that_does_not_compile_is_an_error_where_it_stands() {
    let error = refuses("S == /(/");
    assert_eq!((error.position.line, error.position.column), (2, 6));
    assert!(error.message.starts_with("this regular expression does not compile"), "{}", error.message);
}

#[test]
fn functions_are_known_with_their_arguments() {
    assert_eq!(refuses("let n = cuont(L)").message, "there is no function `cuont`");
    assert_eq!(refuses("let n = join(L)").message, "`join` takes 2 arguments, not 1");
    refuses("let n = count (L)");
}

#[test]
fn types_have_two_or_three_parts_and_stand_outside_of_blocks() {
    accepts("AWS::T::One { Size exists }");
    accepts("A::B Size exists");
    accepts("AWS::T::One::MODULE when Size exists { Size > 1 } or A::B { Size exists }");
    refuses("A::B::C::D { Size exists }");
    refuses("when N exists { A::B::C { Size exists } }");
}

#[test]
fn parameterized_rules_have_parameters_and_no_conditions() {
    accepts_file("rule p(x, y) { %x == %y }\nrule r {\np(N, 5) <<message>>\nnot p(N, [1])\n}\n");
    refuses_file("rule p() { N == 5 }");
    refuses_file("rule p(x) when N == 5 { %x == 5 }");
}

#[test]
fn a_file_without_rules_is_no_error_and_loose_clauses_are_one() {
    let names = |text| {
        let rules = Rules::parse(text, Dialect::Guard).unwrap();
        rules.rules().map(|rule| rule.name.clone()).collect::<Vec<_>>()
    };
    assert!(names("# nothing\nlet a = 1\n").is_empty());
    assert_eq!(names("rule r { N == 6 }\nN == 5\nwhen N exists { N == 5 }\n"), ["default", "r"]);
    refuses_file("\u{feff}rule a { N == 5 }");
}

#[test]
fn headers_are_the_comment_lines_directly_above_a_rule() {
    let text = "#@ id: no\n\n# Rules of ours\n#@ id: A-1\n#@ docs: https://a.b/c\nrule r { N == 5 }\nrule s { N == 5 }\n";
    let rules = Rules::parse(text, Dialect::Guard).unwrap();
    let pairs = |rule: &crate::guard::Rule| -> Vec<_> {
        rule.headers.iter().map(|header| (header.key.clone(), header.value.clone())).collect()
    };
    let headers: Vec<_> = rules.rules().map(pairs).collect();
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(headers, [vec![pair("id", "A-1"), pair("docs", "https://a.b/c")], vec![]]);
}

#[test]
fn an_error_names_the_place_and_what_was_expected_and_shows_the_line() {
    let error = refuses("  N !== 5");
    assert_eq!(
        error.to_string(),
        "2:7: expected a query, a value or a name, found `=`\n    2 |   N !== 5\n      |       ^"
    );
}

#[test]
fn an_error_says_what_was_found_and_what_the_usual_mistakes_are() {
    let told = |text: &str| {
        let error = refuses_file(text);
        (error.position.line, error.position.column, error.message)
    };
    assert_eq!(
        told("rule r {\n  N == 5\n\n"),
        (2, 9, "expected a clause, a message (`<<…>>`) or `let`, found the end of the file".to_owned())
    );
    assert_eq!(told("rule r { N == 'abc }").2, "this text has no closing quote");
    assert_eq!(told("rule r { N == 5 << no }").2, "this message has no closing `>>`");
    assert!(told("rule r { other }").2.ends_with("it stands on a line of its own"));
    let long = refuses_file(&format!("rule r {{ {} N == ) }}", "N == 5 ".repeat(100)));
    let shown = long.to_string();
    assert!(shown.lines().all(|line| line.chars().count() < 130), "{shown}");
    assert_eq!(
        shown.lines().nth(1).and_then(|line| line.chars().nth(shown.lines().last()?.chars().count() - 1)),
        Some(')')
    );
    assert_eq!(told("rule r { N == /abc }").2, "this regular expression has no closing `/`");
    assert_eq!(
        told("rule r { count(N) > 2 }").2,
        "a function cannot stand on the left of an operator: give its result a name first, `let n = count(…)`"
    );
}
