//! What the performance pillar of the AWS Serverless Applications Lens asks for (PERF 1), and how much of it a template
//! can tell.
//!
//! Its five best practices are those of the AWS Well-Architected Tool, Serverless Lens, question PERF 1; the
//! recommendations are those of its improvement plan and of the AWS Compute Blog's *Building well-architected
//! serverless applications: Optimizing application performance*, parts 1 to 3.

/// One of the best practices of PERF 1.
pub struct BestPractice {
    /// What pages say in `lens`: `PERF 1 / capacity units`.
    pub lens: &'static str,
    /// As the Lens calls it.
    pub title: &'static str,
    /// What it asks for, in its order.
    pub recommendations: &'static [Recommendation],
}

/// One thing that a best practice asks for.
pub struct Recommendation {
    /// In a few words, as an instruction.
    pub text: &'static str,
    /// The ids of the rules that check it.
    pub rules: &'static [&'static str],
    /// What of it no template tells; empty where the rules say it all.
    pub untold: &'static str,
}

const fn recommendation(
    text: &'static str,
    rules: &'static [&'static str],
    untold: &'static str,
) -> Recommendation {
    Recommendation { text, rules, untold }
}

/// The best practices, in the order of the Lens.
pub const PERF_1: &[BestPractice] = &[
    BestPractice {
        lens: "PERF 1 / startup time",
        title: "Measure and optimize function startup time",
        recommendations: &[
            recommendation(
                "Start from a snapshot, or keep environments ready, where a caller waits for the first call",
                &["SLP401", "SLP402", "SLP403", "SLP404"],
                "how long a cold start takes, and how many callers meet one",
            ),
            recommendation(
                "Fit provisioned concurrency to the traffic",
                &["SLP406", "SLP407"],
                "the traffic",
            ),
            recommendation(
                "Reuse execution environments: connections, clients and what is read once",
                &["SLP415"],
                "what the code does outside of its handler",
            ),
            recommendation(
                "Keep packages small, and ask only for the libraries that are used",
                &[],
                "what is in a package",
            ),
            recommendation("Attach functions to a VPC only when necessary", &["SLP413"], ""),
            recommendation(
                "Let the API route requests, and keep functions small",
                &["SLP416"],
                "how much code a route needs",
            ),
            recommendation(
                "Measure: trace requests, and log what is needed",
                &["SLP901", "SLP902"],
                "whether anybody looks",
            ),
        ],
    },
    BestPractice {
        lens: "PERF 1 / concurrency via asynchronous and stream-based invocations",
        title: "Design your function to take advantage of concurrency via asynchronous and stream-based invocations",
        recommendations: &[
            recommendation(
                "Favor asynchronous over synchronous requests; do not chain calls that wait",
                &["SLP101", "SLP102", "SLP103", "SLP109", "SLP112"],
                "how long a call takes when it is measured",
            ),
            recommendation(
                "Keep what asynchronous calls fail to do",
                &["SLP104", "SLP212"],
                "who looks at what is kept",
            ),
            recommendation(
                "Let services trigger functions instead of asking them on a schedule",
                &["SLP110"],
                "",
            ),
            recommendation("Avoid functions that trigger themselves", &["SLP108"], ""),
            recommendation(
                "Process messages of a queue once: its timeout, retries and dead letters",
                &["SLP201", "SLP202", "SLP210", "SLP211", "SLP222"],
                "whether a message may be processed twice",
            ),
            recommendation(
                "Limit the concurrency of queue consumers where they read, not by throttling",
                &["SLP206", "SLP207", "SLP208"],
                "",
            ),
            recommendation(
                "Tune batch size and batch window",
                &["SLP203", "SLP204", "SLP205", "SLP216", "SLP217", "SLP225", "SLP228"],
                "how many records come, and how long they may wait",
            ),
            recommendation(
                "Keep a failing record from stalling its shard, and keep what is given up",
                &["SLP209", "SLP213", "SLP214", "SLP215"],
                "whether the code reports the records that failed",
            ),
            recommendation(
                "Raise the parallelization factor, or the number of shards, where a stream falls behind",
                &["SLP220", "SLP312"],
                "whether it falls behind",
            ),
            recommendation(
                "Use enhanced fan-out for several readers",
                &["SLP218"],
                "readers in other stacks",
            ),
            recommendation(
                "Filter events before they call a function",
                &["SLP221", "SLP223"],
                "which events a function throws away",
            ),
            recommendation("Compress what producers send", &[], "what producers send"),
        ],
    },
    BestPractice {
        lens: "PERF 1 / capacity units",
        title: "Measure, evaluate, and select optimal capacity units",
        recommendations: &[
            recommendation(
                "Choose the memory of a function by measuring",
                &["SLP301", "SLP302"],
                "the best value: AWS Lambda Power Tuning finds it",
            ),
            recommendation("Set timeouts by what calls take", &["SLP303"], "what they take"),
            recommendation(
                "Run on current runtimes and processors",
                &["SLP306", "SLP307"],
                "whether native code is there for arm64",
            ),
            recommendation("Leave functions the concurrency that they need", &["SLP322"], "how much that is"),
            recommendation(
                "Choose a table's capacity mode, and scale what is provisioned",
                &["SLP308", "SLP309"],
                "the traffic",
            ),
            recommendation(
                "Choose the type of API and of its endpoint",
                &["SLP313", "SLP314", "SLP315", "SLP316", "SLP317", "SLP318"],
                "where clients are",
            ),
            recommendation(
                "Choose the type of a workflow",
                &["SLP111", "SLP701", "SLP702", "SLP703", "SLP708", "SLP712"],
                "how often it is started",
            ),
            recommendation(
                "Give tasks of a workflow timeouts and retries",
                &["SLP704", "SLP705", "SLP706", "SLP707"],
                "",
            ),
            recommendation("Test under load", &[], "how it was tested"),
        ],
    },
    BestPractice {
        lens: "PERF 1 / managed services directly over functions",
        title: "Integrate with managed services directly over functions when possible",
        recommendations: &[
            recommendation(
                "Connect services with pipes, rules and subscriptions",
                &["SLP501"],
                "what else the code of the function does",
            ),
            recommendation(
                "Let an API call the service itself",
                &["SLP502"],
                "what else the code of the function does",
            ),
            recommendation(
                "Use the service integrations of workflows, and let them wait",
                &["SLP503", "SLP504"],
                "what else the code of the function does",
            ),
        ],
    },
    BestPractice {
        lens: "PERF 1 / access patterns and caching",
        title: "Optimize access patterns and apply caching where applicable",
        recommendations: &[
            recommendation(
                "Cache answers of an API",
                &["SLP601", "SLP602", "SLP604"],
                "whether answers may be old, and how often they are asked for",
            ),
            recommendation("Compress what is sent", &["SLP605", "SLP606"], "how large it is"),
            recommendation(
                "Query tables instead of scanning them",
                &["SLP608"],
                "which keys the code asks for",
            ),
            recommendation(
                "Cache what resolvers of a GraphQL API answer, and let them take several fields at once",
                &["SLP612", "SLP613"],
                "which fields clients ask for",
            ),
            recommendation(
                "Compress and convert what is delivered to a data lake",
                &["SLP611"],
                "who reads it",
            ),
            recommendation("Put a cache before a database", &[], "whether the same is read again and again"),
        ],
    },
];

/// The best practice that a rule of lenslint belongs to.
pub fn best_practice(rule: &str) -> Option<&'static BestPractice> {
    let asks = |practice: &&BestPractice| {
        practice.recommendations.iter().any(|recommendation| recommendation.rules.contains(&rule))
    };
    PERF_1.iter().find(asks)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::{Catalogue, Scope};

    #[test]
    fn every_rule_checks_one_recommendation_of_the_best_practice_that_its_page_names() {
        let rules = Catalogue::built_in().pages.iter().filter(|page| page.scope != Scope::Tool);
        for page in rules {
            let practice = best_practice(&page.id).map(|practice| practice.lens);
            assert_eq!(practice, Some(page.lens.as_str()), "{}", page.id);
            let recommendations = PERF_1.iter().flat_map(|practice| practice.recommendations);
            let number = recommendations.filter(|it| it.rules.contains(&page.id.as_str())).count();
            assert_eq!(number, 1, "{}", page.id);
        }
    }

    #[test]
    fn a_recommendation_without_rules_says_what_a_template_does_not_tell() {
        for recommendation in PERF_1.iter().flat_map(|practice| practice.recommendations) {
            let Recommendation { text, rules, untold } = recommendation;
            assert!(!rules.is_empty() || !untold.is_empty(), "{text}");
        }
    }
}
