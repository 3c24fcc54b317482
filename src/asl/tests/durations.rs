//! How long executions can take, and which states make it.

use crate::template::Guard;

use super::super::{Amount, Case, Durations};
use super::*;

/// The durations of machine `M`: at most, at least, and of the task that cannot be avoided. Every task is given up
/// after `TASK` seconds, or as it says itself.
fn durations(template: &Template) -> [String; 3] {
    const TASK: i64 = 10;
    let machine = machine(template).expect("the definition can be read");
    let task = |state: usize| {
        let StateKind::Task(task) = &machine.states[state].kind else { panic!("it is a task") };
        Amount::of(&template.names, task.timeout.val.as_ref().expect("no path"), Some(TASK))
    };
    let durations = Durations::of(&machine, (&template.guards, &template.names), &task);
    let told = |cases: &[Case]| {
        let told = cases.iter().map(|Case { amount, states }| {
            let seconds = amount.seconds.map_or("?".to_owned(), |seconds| seconds.to_string());
            let states = states.iter().map(|state| template.names.text(machine.states[*state].name));
            let words = template.guards.words(&template.names, (amount.guard, true));
            let when = if amount.guard == Guard::ALWAYS { String::new() } else { format!(" when {words}") };
            format!("{seconds} {}{when}", states.collect::<Vec<_>>().join("+")).replace("  ", " ")
        });
        told.collect::<Vec<_>>().join(", ").trim_end().to_owned()
    };
    [told(&durations.maximum), told(&durations.minimum), told(&durations.unavoidable)]
}

fn of_states(states: &str) -> [String; 3] {
    durations(&template(&format!("      Definition: {{StartAt: A, States: {{{states}}}}}\n")))
}

#[test]
fn a_sequence_is_a_sum() {
    assert_eq!(
        of_states(
            "A: {Type: Wait, Seconds: 5, Next: B}, B: {Type: Task, Resource: x, Next: C}, C: {Type: Wait, Seconds: 7, End: true}"
        ),
        ["22 A+B+C", "12 A+C", "10 B"]
    );
}

#[test]
fn a_choice_is_the_longest_of_its_ways_and_at_least_the_shortest() {
    assert_eq!(
        of_states(
            "A: {Type: Choice, Choices: [{Next: B}, {Next: C}], Default: D},
             B: {Type: Wait, Seconds: 60, Next: D}, C: {Type: Task, Resource: x, Next: D}, D: {Type: Wait, Seconds: 1, Next: E}, E: {Type: Succeed}"
        ),
        ["61 B+D", "1 D", "0"]
    );
}

#[test]
fn branches_run_at_the_same_time_and_a_map_may_have_no_item() {
    assert_eq!(
        of_states(
            "A: {Type: Parallel, Next: M, Branches: [
                {StartAt: B, States: {B: {Type: Wait, Seconds: 60, Next: B2}, B2: {Type: Wait, Seconds: 2, End: true}}},
                {StartAt: C, States: {C: {Type: Task, Resource: x, End: true}}}]},
             M: {Type: Map, End: true, ItemProcessor: {StartAt: D, States: {D: {Type: Wait, Seconds: 9, End: true}}}}"
        ),
        ["71 B+B2+D", "62 B+B2", "10 C"]
    );
}

#[test]
fn a_task_is_tried_again_after_pauses_that_grow() {
    let task = |retry: &str| {
        let [maximum, ..] =
            of_states(&format!("A: {{Type: Task, Resource: x, End: true, Retry: [{retry}]}}"));
        maximum
    };
    // Three more times by default, after 1, 2 and 4 seconds.
    assert_eq!(task("{ErrorEquals: [States.ALL]}"), "47 A");
    assert_eq!(task("{MaxAttempts: 2, IntervalSeconds: 5, BackoffRate: 1}"), "40 A");
    assert_eq!(task("{MaxAttempts: 4, IntervalSeconds: 5, BackoffRate: 2, MaxDelaySeconds: 8}"), "79 A");
    assert_eq!(task("{MaxAttempts: 0}"), "10 A");
    assert_eq!(task("{MaxAttempts: 1}, {MaxAttempts: 1, IntervalSeconds: 3}"), "34 A");
    assert_eq!(task("{MaxAttempts: '${Unknown}'}"), "?");
    assert_eq!(task("{MaxAttempts: 99999999, BackoffRate: 1.0}"), "?");
    assert_eq!(task("{MaxAttempts: 99999999, BackoffRate: 1.000001}"), "?");
}

#[test]
fn a_failure_that_is_caught_is_another_way() {
    assert_eq!(
        of_states(
            "A: {Type: Task, Resource: x, Next: B, Catch: [{ErrorEquals: [States.ALL], Next: C}]},
             B: {Type: Wait, Seconds: 5, End: true}, C: {Type: Wait, Seconds: 50, Next: F}, F: {Type: Fail}"
        ),
        ["60 A+C", "5 B", "10 A"]
    );
}

#[test]
fn a_loop_has_no_longest_way_but_its_exit_has_a_shortest() {
    assert_eq!(
        of_states(
            "A: {Type: Wait, Seconds: 5, Next: B}, B: {Type: Task, Resource: x, TimeoutSeconds: 30, Next: C},
             C: {Type: Choice, Choices: [{Next: A}], Default: D}, D: {Type: Wait, Seconds: 3, End: true}"
        ),
        ["?", "8 A+D", "0"]
    );
    assert_eq!(of_states("A: {Type: Wait, Seconds: 5, Next: A}"), ["?", "0 A", "0"]);
}

#[test]
fn what_is_not_known_makes_the_longest_unknown_and_the_shortest_no_longer() {
    for state in [
        "A: {Type: Wait, SecondsPath: $.x, Next: B}",
        "A: {Type: Wait, Seconds: '{% $x %}', Next: B}",
        "A: {Type: Wait, Seconds: '${Unknown}', Next: B}",
        "A: {Type: Task, Resource: x, TimeoutSeconds: '{% $x %}', Next: B}",
    ] {
        let told = of_states(&format!("{state}, B: {{Type: Wait, Seconds: 2, End: true}}"));
        assert_eq!(told[..2], ["?", "2 B"], "{state}");
    }
    // It may end there.
    let states = "A: {Type: !Ref What, Next: B}, B: {Type: Wait, Seconds: 2, End: true}";
    assert_eq!(of_states(states)[..2], ["?", "0"]);
    assert_eq!(of_states("A: {Type: Wait, Seconds: 2, Next: !Ref B}")[..2], ["?", "2 A"]);
    assert_eq!(of_states("B: {Type: Wait, Seconds: 2, End: true}")[..2], ["?", "0"]);
}

#[test]
fn the_timeout_of_the_workflow_ends_the_longest_way() {
    let machine = "      Definition: {StartAt: A, TimeoutSeconds: 30, States: {A: {Type: Wait, Seconds: 90, End: true}}}\n";
    assert_eq!(durations(&template(machine))[0], "30 A");
}

#[test]
fn each_case_of_a_condition_has_its_own_sum() {
    let text = "      DefinitionSubstitutions: {S: !If [C, 60, 5]}
      Definition: {StartAt: A, States: {A: {Type: Wait, Seconds: '${S}', Next: B}, B: {Type: Wait, Seconds: '${S}', End: true}}}
";
    let mut template =
        String::from("Conditions: {C: !Equals [!Ref P, x]}\nParameters: {P: {Type: String}}\n");
    template.push_str(&format!(
        "Resources:\n  M:\n    Type: AWS::StepFunctions::StateMachine\n    Properties:\n{text}"
    ));
    let document = Document::parse("t.yaml", &template).document.expect("the test's text is sound");
    let source = Source::new("t.yaml", template);
    let mut template = Template::read(source, &document, Folder::none(), &Deployment::default()).0;
    assert_eq!(template.read_definitions(), []);
    assert_eq!(durations(&template)[0], "120 A+B when C is true, 10 A+B when C is false");
}

#[test]
fn ten_thousand_states_take_no_time() {
    let wait = |state: usize| {
        format!(
            "S{state}: {{Type: Wait, Seconds: 1, Next: S{}}}",
            if state == 9_998 { 9_999 } else { state + 1 }
        )
    };
    let chain = (0..9_999).map(wait).collect::<Vec<_>>().join(", ");
    let ladder = (0..4_000).map(|state| {
        format!(
            "S{state}: {{Type: Choice, Choices: [{{Next: S{}}}, {{Next: S{}}}], Default: S{}}}",
            state + 1,
            (state * 7) % 4_000,
            state + 1
        )
    });
    let ladder = ladder.collect::<Vec<_>>().join(", ");
    for (states, maximum) in [
        (format!("{chain}, S9999: {{Type: Pass, End: true}}"), "9999"),
        (format!("{ladder}, S4000: {{Type: Pass, End: true}}"), "?"),
    ] {
        let template = template(&format!("      Definition: {{StartAt: S0, States: {{{states}}}}}\n"));
        let start = std::time::Instant::now();
        let told = durations(&template);
        assert!(start.elapsed() < std::time::Duration::from_secs(2), "{:?}", start.elapsed());
        assert_eq!(told[0].split(' ').next(), Some(maximum));
    }
}
