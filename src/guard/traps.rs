//! Traps are what is allowed in a rules file and does not mean what it seems to.

use super::ast::{
    AnyOf, Block, Check, Clause, Dialect, FunctionCall, KeyTest, Lets, Literal, Operand, Operator, Query,
    Rules, Start, Step, Test, TextId,
};
use crate::source::Span;

/// A place of a rules file that is likely not to do what its author means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trap {
    /// The clause or the `let`.
    pub span: Span,
    /// What it does, and what to write instead; one line without a full stop.
    pub message: String,
}

/// The traps of a file that can be seen without a document, in the order of the text.
#[must_use]
pub fn traps(rules: &Rules) -> Vec<Trap> {
    let mut search = Search {
        rules,
        traps: Vec::new(),
        scopes: vec![&rules.lets],
        around_document: 1,
        guarded: Vec::new(),
        is_about_document: true,
    };
    search.lets(&rules.lets);
    for rule in &rules.all {
        search.gates(&rule.conditions);
        search.guarded_block(&rule.conditions, &rule.block);
    }
    for rule in rules.parameterized.values() {
        search.block(&rule.block);
    }
    search.traps.sort_by_key(|trap| trap.span);
    search.traps.dedup();
    search.traps
}

struct Search<'a> {
    rules: &'a Rules,
    traps: Vec<Trap>,
    /// The `let`s of the file and of the blocks around this place.
    scopes: Vec<&'a Lets>,
    /// How many of them are about the document.
    around_document: usize,
    /// Keys of the document that a `when` around this place asks for.
    guarded: Vec<TextId>,
    /// Whether queries start at the document here.
    is_about_document: bool,
}

impl<'a> Search<'a> {
    fn add(&mut self, span: Span, message: impl Into<String>) {
        self.traps.push(Trap { span, message: message.into() });
    }

    fn block(&mut self, block: &'a Block) {
        let around_document = self.around_document;
        self.scopes.push(&block.lets);
        if self.is_about_document {
            self.around_document = self.scopes.len();
        }
        self.lets(&block.lets);
        for any_of in &block.clauses {
            self.clauses(any_of, Place::Body);
        }
        self.scopes.pop();
        self.around_document = around_document;
    }

    /// A block where some conditions hold.
    fn guarded_block(&mut self, conditions: &'a [AnyOf], block: &'a Block) {
        let known = self.guarded.len();
        if self.is_about_document {
            let asked: Vec<TextId> =
                conditions.iter().filter_map(|condition| self.asked_for(condition)).collect();
            self.guarded.extend(asked);
        }
        self.block(block);
        self.guarded.truncate(known);
    }

    /// The key of the document that a condition makes sure of: `when Graph exists`.
    fn asked_for(&self, condition: &AnyOf) -> Option<TextId> {
        let [Clause::Check(check)] = condition.0.as_slice() else { return None };
        let is_presence =
            matches!((&check.test, check.is_negated), (Test::Exists, false) | (Test::Empty, true));
        match (check.query.start, check.query.steps.first()) {
            (Start::Root, Some(Step::Key(key))) if is_presence => Some(self.rules.keys[key.0 as usize].text),
            _ => None,
        }
    }

    /// A block or filter about something else than the document.
    fn inside(&mut self, work: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.is_about_document, false);
        work(self);
        self.is_about_document = outer;
    }

    fn gates(&mut self, conditions: &'a [AnyOf]) {
        for condition in conditions {
            self.clauses(condition, Place::Gate);
        }
    }

    fn clauses(&mut self, any_of: &'a AnyOf, place: Place) {
        for clause in &any_of.0 {
            self.clause(clause, place);
        }
    }

    fn clause(&mut self, clause: &'a Clause, place: Place) {
        match clause {
            Clause::Check(check) => self.check(check, place),
            Clause::Block(block) => {
                self.query(&block.query, block.span);
                self.inside(|search| search.block(&block.block));
            }
            Clause::When(when) => {
                self.gates(&when.conditions);
                self.guarded_block(&when.conditions, &when.block);
            }
            Clause::Type(block) => self.inside(|search| {
                search.gates(&block.conditions);
                search.block(&block.block);
            }),
            Clause::Reference(reference) => {
                let is_conditional = self.rules.by_name.get(&reference.rule).is_some_and(|named| {
                    named.iter().any(|index| !self.rules.all[index.0].conditions.is_empty())
                });
                if is_conditional && place == Place::Body {
                    let name = self.rules.text(reference.rule);
                    self.add(
                        reference.span,
                        format!(
                            "where the `when` of rule `{name}` does not hold it is skipped, and a skipped rule \
                             fails here, with and without `not`: name it in a `when`, or repeat its clauses"
                        ),
                    );
                }
            }
            Clause::Call(call) => {
                for argument in &call.arguments {
                    self.operand(argument, call.span);
                }
            }
        }
    }

    fn check(&mut self, check: &'a Check, place: Place) {
        self.query(&check.query, check.span);
        match &check.test {
            Test::Compare(operator, operand) => {
                self.operand(operand, check.span);
                if *operator == Operator::In && self.is_text(operand) {
                    self.add(check.span, IN_TEXT);
                }
            }
            Test::Empty if !check.is_negated && place == Place::Body => {
                if let Some(key) = self.collection(&check.query) {
                    let key = self.rules.text(key);
                    self.add(
                        check.span,
                        format!(
                            "this passes where the document has no `{key}`: ask `when {key} exists` first"
                        ),
                    );
                }
            }
            Test::Empty | Test::Exists | Test::Is(_) => {}
        }
    }

    /// The key of the document below which a query selects, if nothing makes sure that it is there. Every template has
    /// resources, and what pages query has a graph.
    fn collection(&self, query: &'a Query) -> Option<TextId> {
        let (query, is_about_document) = match self.named(query) {
            Some((Operand::Query(named), scope)) => (named, scope < self.around_document),
            Some((Operand::Literal(_) | Operand::Function(_), _)) => return None,
            None => (query, self.is_about_document),
        };
        let Some(Step::Key(key)) = query.steps.first() else { return None };
        let is_selection = query.ends_in_filter() || query.steps.len() > 1;
        if query.start != Start::Root || !is_about_document || !is_selection {
            return None;
        }
        let key = self.rules.keys[key.0 as usize].text;
        let is_sure = match self.rules.text(key) {
            "Resources" => true,
            "Graph" if self.rules.dialect == Dialect::Page => true,
            _ => self.guarded.contains(&key),
        };
        (!is_sure).then_some(key)
    }

    /// What a lone variable stands for, and the scope that says so, from the outermost; variables that stand for
    /// variables are followed.
    fn named(&self, query: &'a Query) -> Option<(&'a Operand, usize)> {
        let mut found = None;
        let mut query = query;
        let mut scopes = self.scopes.len();
        for _ in 0..ALIASES {
            let Start::Variable { name, .. } = query.start else { break };
            if !query.is_lone_variable() {
                break;
            }
            let value = |scope: usize| {
                let named = self.scopes[scope].all.iter().find(|known| known.name == name)?;
                Some((&named.value, scope))
            };
            let (operand, scope) = (0..scopes).rev().find_map(value)?;
            found = Some((operand, scope));
            scopes = scope + 1;
            match operand {
                Operand::Query(next) => query = next,
                Operand::Literal(_) | Operand::Function(_) => break,
            }
        }
        found
    }

    /// Whether what stands right of an operator is a text, as it is or under a name.
    fn is_text(&self, operand: &'a Operand) -> bool {
        let operand = match operand {
            Operand::Query(query) => self.named(query).map_or(operand, |(named, _)| named),
            Operand::Literal(_) | Operand::Function(_) => operand,
        };
        matches!(operand, Operand::Literal(Literal::Text(_)))
    }

    fn lets(&mut self, lets: &'a Lets) {
        for assignment in &lets.all {
            match &assignment.value {
                // Here `some` has a meaning.
                Operand::Query(query) => self.query(query, assignment.span),
                operand => self.operand(operand, assignment.span),
            }
        }
    }

    /// The right of an operator, or an argument.
    fn operand(&mut self, operand: &'a Operand, span: Span) {
        match operand {
            Operand::Literal(literal) => {
                if has_range_in_list(literal) {
                    self.add(span, RANGE_IN_LIST);
                }
            }
            Operand::Query(query) => {
                if query.is_some {
                    self.add(span, "`some` has no meaning here: it belongs before the query on the left");
                }
                self.query(query, span);
            }
            Operand::Function(FunctionCall { arguments, .. }) => {
                for argument in arguments {
                    self.operand(argument, span);
                }
            }
        }
    }

    fn query(&mut self, query: &'a Query, span: Span) {
        for step in &query.steps {
            match step {
                Step::Filter(_, clauses) => self.inside(|search| search.gates(clauses)),
                Step::Keys(test, operand) => {
                    self.operand(operand, span);
                    if matches!(test, KeyTest::In | KeyTest::NotIn) && self.is_text(operand) {
                        self.add(span, IN_TEXT);
                    }
                }
                Step::Key(_) | Step::Variable(_) | Step::Index(_) | Step::Values(_) | Step::Elements(_) => {}
            }
        }
    }
}

/// Where a clause stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In a body: it asserts.
    Body,
    /// In a `when` or a filter.
    Gate,
}

/// Variables that stand for variables that are followed.
const ALIASES: usize = 16;

const IN_TEXT: &str =
    "`in` with a text on its right asks for a part of that text: write `in ['…']` for a list";
const RANGE_IN_LIST: &str = "a range in a list matches nothing: compare with each range, joined by `or`";

fn has_range_in_list(literal: &Literal) -> bool {
    let Literal::List(items) = literal else { return false };
    items.iter().any(|item| {
        matches!(item, Literal::IntRange(_) | Literal::FloatRange(_) | Literal::CharRange(_))
            || has_range_in_list(item)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The traps of a file, each as its clause and the first words of what is said of it.
    fn told(text: &str) -> Vec<(String, String)> {
        let rules = Rules::parse(text, Dialect::Guard).unwrap();
        let first_words = |message: &str| message.split(' ').take(3).collect::<Vec<_>>().join(" ");
        traps(&rules).iter().map(|trap| (rules.written(trap.span), first_words(&trap.message))).collect()
    }

    fn told_of(clause: &str) -> Vec<(String, String)> {
        told(&format!("rule r {{\n{clause}\n}}"))
    }

    #[test]
    fn what_looks_for_a_part_of_a_text_is_told() {
        assert_eq!(told_of("A in 'abc'"), [("A in 'abc'".into(), "`in` with a".into())]);
        assert_eq!(told_of("M[ keys in 'abc' ] exists").len(), 1);
        assert_eq!(told("let s = 'abc'\nlet t = %s\nrule r { A in %t }").len(), 1);
        assert_eq!(told("let s = 'abc'\nrule r { let s = ['abc']\nA in %s }"), []);
        assert_eq!(told_of("A in ['abc']"), []);
        assert_eq!(told_of("A == 'abc'"), []);
    }

    #[test]
    fn a_range_in_a_list_is_told_wherever_the_list_stands() {
        assert_eq!(told_of("N in [r(1,3), r(4,6)]").len(), 1);
        assert_eq!(told("let sizes = [r(1,3)]\nrule r { N in %sizes }").len(), 1);
        assert_eq!(told_of("N in r(1,3)"), []);
    }

    #[test]
    fn some_on_the_right_is_told_and_in_a_let_is_not() {
        assert_eq!(told_of("A == some B[*]").len(), 1);
        assert_eq!(told("let b = some B[*]\nrule r { some A == %b }"), []);
    }

    #[test]
    fn a_reference_to_a_rule_that_may_be_skipped_is_told_in_a_body() {
        let rules = "rule sometimes when A exists { B exists }\nrule always { B exists }\n";
        let told_of = |rule: &str| told(&format!("{rules}{rule}"));
        assert_eq!(told_of("rule r {\nsometimes\n}").len(), 1);
        assert_eq!(told_of("rule r {\nwhen C exists {\nnot sometimes\n}\n}").len(), 1);
        assert_eq!(told_of("rule r when sometimes\n{ C exists }"), []);
        assert_eq!(told_of("rule r {\nalways\n}"), []);
    }

    #[test]
    fn an_empty_selection_of_what_may_be_missing_is_told() {
        assert_eq!(told_of("Graph.Paths[ Length > 2 ] empty").len(), 1);
        assert_eq!(told("let long = Graph.Paths[ Length > 2 ]\nrule r { %long empty }").len(), 1);
        assert_eq!(told("rule r { let long = Graph.Paths[ Length > 2 ]\n%long empty }").len(), 1);
        assert_eq!(told_of("Graph.Paths empty").len(), 1);
        for sure in [
            "let long = Graph.Paths[ Length > 2 ]\nrule r { let long = Resources.*[ a == 1 ]\n%long empty }",
            "rule r { Graph empty }",
            "rule r { Graph { let long = Paths[ Length > 2 ]\n%long empty } }",
            "rule r when Graph exists { Graph.Paths[ Length > 2 ] empty }",
            "rule r { when Graph !empty { Graph.Paths[ Length > 2 ] empty } }",
            "rule r { Resources.*[ Type == 'A::B::C' ] empty }",
            "rule r { Graph.Paths[ Length > 2 ] !empty }",
            "rule r { Resources.* { Properties.Tags[ Key == 'a' ] empty } }",
        ] {
            assert_eq!(told(sure), [], "{sure}");
        }
    }

    #[test]
    fn traps_are_found_in_filters_variables_and_parameterized_rules() {
        assert_eq!(told_of("A[ B in 'abc' ] exists").len(), 1);
        assert_eq!(told("let a = A[ B in 'abc' ]\nrule r { %a exists }").len(), 1);
        assert_eq!(told("rule p(x) { %x in 'abc' }\nrule r { p(A) }").len(), 1);
        assert_eq!(told_of("A::B::C when D in 'abc' { E exists }").len(), 1);
    }
}
