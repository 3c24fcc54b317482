//! Hostile rules and documents end in a status, on a small stack and in time.

use std::fmt::Write;
use std::thread;

use super::{Dialect, Plain, Status, World};
use crate::guard::{Evaluator, Failure, RuleIndex, Rules};

/// Runs on the stack that a worker thread has.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    thread::Builder::new().stack_size(2 << 20).spawn(work).unwrap().join().unwrap();
}

fn failures(world: &World, rules: &str) -> Vec<Failure> {
    let (status, failures) = world.run(rules, Dialect::Guard, &mut Plain);
    assert_eq!(status, Status::Fail);
    failures
}

#[test]
fn rules_are_shared_between_threads() {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<Rules>();
}

#[test]
fn brackets_beyond_the_bound_are_an_error() {
    on_a_small_stack(|| {
        for (open, close) in [("a[ ", " ]"), ("a { ", " }"), ("when a exists { ", " }"), ("not a[ ", " ]")] {
            let text = |depth: usize| {
                format!("rule r {{ {} b exists {} }}", open.repeat(depth), close.repeat(depth))
            };
            let error = Rules::parse(&text(100_000), Dialect::Guard).unwrap_err();
            assert!(error.message.contains("brackets"), "{error}");
            drop(Rules::parse(&text(40), Dialect::Guard));
        }
        let list = format!("rule r {{ a == {}1{} }}", "[".repeat(47), "]".repeat(47));
        assert!(Rules::parse(&list, Dialect::Guard).is_ok());
        let message = format!("rule r {{ a exists <<{{{}>> }}", "a[".repeat(100_000));
        assert!(Rules::parse(&message, Dialect::Page).is_err());
    });
}

#[test]
fn deep_blocks_are_evaluated_on_a_small_stack() {
    on_a_small_stack(|| {
        let world = World::new("a: 1\n");
        let rules = format!("rule r {{ {} a == 2 {} }}", "this { ".repeat(46), " }".repeat(46));
        assert_eq!(failures(&world, &rules).len(), 1);
        let filters = format!("rule r {{ {} a == 1 {} }}", "this[ ".repeat(40), " ] exists".repeat(40));
        assert_eq!(world.run(&filters, Dialect::Guard, &mut Plain).0, Status::Pass);
    });
}

#[test]
fn long_chains_of_rules_and_variables_end_in_an_error() {
    on_a_small_stack(|| {
        let world = World::new("a: 1\n");
        let mut rules = String::new();
        let mut variables = "rule r {\n".to_owned();
        for index in 0..5000 {
            writeln!(rules, "rule r{index} {{\nr{}\n}}", index + 1).unwrap();
            writeln!(variables, "let v{index} = %v{}", index + 1).unwrap();
        }
        rules.push_str("rule r5000 { a == 1 }\n");
        variables.push_str("let v5000 = a\n%v0 == 1\n}\n");
        for text in [rules, variables] {
            assert!(failures(&world, &text)[0].error.is_some());
        }
    });
}

#[test]
fn what_needs_itself_is_an_error() {
    on_a_small_stack(|| {
        let world = World::new("a: 1\n");
        for rules in [
            "rule q {\nq\n}\n",
            "rule q {\nr\n}\nrule r {\nq\n}\n",
            "let a = %b\nlet b = %a\nrule r { %a == 1 }\n",
            "rule r { p(1) }\nrule p(x) { p(%x) }\n",
            "rule r { let x = this[ a == %x ]\n%x exists }\n",
        ] {
            assert!(failures(&world, rules)[0].error.is_some(), "{rules}");
        }
    });
}

#[test]
fn a_deep_document_is_compared_on_a_small_stack() {
    on_a_small_stack(|| {
        let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
        let world = World::new(&format!("a: {deep}\nb: {deep}\n"));
        assert_eq!(world.status("a == b"), Status::Fail);
        assert_eq!(
            world.run(&format!("rule r {{ a{} == 1 }}", "[*]".repeat(200)), Dialect::Guard, &mut Plain).0,
            Status::Fail
        );
    });
}

#[test]
fn cost_grows_with_the_rules_not_with_their_powers() {
    let world = World::new("a: {a: 1}\n");
    let text = format!("rule r {{ {} a exists {} }}", "a[ ".repeat(40), " ] exists".repeat(40));
    let rules = Rules::parse(&text, Dialect::Guard).unwrap();
    let mut evaluator = Evaluator::new(&rules, &world.tree, &world.names);
    evaluator.status(RuleIndex(0), &mut Plain, &mut Vec::new());
}
