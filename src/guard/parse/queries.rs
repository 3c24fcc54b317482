//! Queries, functions and literals.

use pest::iterators::Pair;

use super::{Builder, Built, Fault, Rule as Grammar};
use crate::guard::ast::{
    Dialect, FunctionCall, KeyTest, Literal, Operand, Pattern, Query, Range, Start, Step, TextId,
};
use crate::guard::functions::Function;
use crate::source::Span;

impl Builder {
    /// What stands right of an operator, in a `let` or as an argument.
    pub(super) fn operand(&mut self, pair: Pair<'_, Grammar>) -> Built<Operand> {
        match pair.as_rule() {
            Grammar::query => Ok(Operand::Query(self.query(pair)?)),
            Grammar::function => Ok(Operand::Function(self.function(pair)?)),
            _ => Ok(Operand::Literal(self.literal(pair)?)),
        }
    }

    fn function(&mut self, pair: Pair<'_, Grammar>) -> Built<FunctionCall> {
        let at = self.offset(&pair);
        let mut parts = pair.into_inner();
        let name = parts.next().expect("a function has a name").as_str();
        let arguments =
            parts.flat_map(Pair::into_inner).map(|part| self.operand(part)).collect::<Built<Vec<_>>>()?;
        let Some((function, arity)) = Function::named(name) else {
            return Err(Fault { at, message: format!("there is no function `{name}`") });
        };
        if arguments.len() != arity {
            let message = format!("`{name}` takes {arity} arguments, not {}", arguments.len());
            return Err(Fault { at, message });
        }
        if let Function::Calculate(_) = function {
            self.extension.get_or_insert(Span::new(at..at + name.len()));
        }
        Ok(FunctionCall { function, arguments })
    }

    /// A query.
    pub(super) fn query(&mut self, pair: Pair<'_, Grammar>) -> Built<Query> {
        let mut is_some = false;
        let mut start = None;
        let mut steps = Vec::new();
        for part in pair.into_inner() {
            if part.as_rule() == Grammar::some {
                is_some = true;
            } else if start.is_some() {
                steps.push(self.step(part)?);
            } else if part.as_rule() == Grammar::this {
                start = Some(Start::Root);
            } else if part.as_rule() == Grammar::var {
                start = Some(Start::Variable { name: self.variable(&part), is_spread: false });
            } else {
                let step = self.step(part)?;
                start = Some(if let Step::Variable(name) = step {
                    Start::Variable { name, is_spread: false }
                } else {
                    Start::Root
                });
                if start == Some(Start::Root) {
                    steps.push(step);
                }
            }
        }
        let mut start = start.expect("a query starts somewhere");
        // `%v.x` means `%v[*].x`; written or not, that first step stays at each of the variable's values.
        if let (Start::Variable { is_spread, .. }, Some(Step::Elements(_))) = (&mut start, steps.first()) {
            *is_spread = true;
            steps.remove(0);
        }
        Ok(Query { is_some, start, steps })
    }

    fn variable(&mut self, pair: &Pair<'_, Grammar>) -> TextId {
        self.text_id(&pair.as_str()[1..])
    }

    fn step(&mut self, pair: Pair<'_, Grammar>) -> Built<Step> {
        match pair.as_rule() {
            Grammar::index => self.index(&pair),
            Grammar::idx => self.index(&only(pair)),
            Grammar::var => Ok(Step::Variable(self.variable(&pair))),
            Grammar::all_values => Ok(Step::Values(None)),
            Grammar::all_indices => {
                let capture = pair.into_inner().next();
                Ok(Step::Elements(capture.map(|name| self.text_id(name.as_str()))))
            }
            Grammar::key_lookup => {
                let key = only(pair);
                let span = self.head(&key);
                match key.as_rule() {
                    Grammar::string => Ok(self.key_step(&unquoted(key.as_str()), span)),
                    _ => Ok(Step::Values(Some(self.text_id(key.as_str())))),
                }
            }
            Grammar::key_filter => self.key_filter(pair),
            Grammar::filter => self.filter(pair),
            _ => {
                let key = only(pair);
                let span = self.head(&key);
                let text = match key.as_rule() {
                    Grammar::string => unquoted(key.as_str()),
                    _ => key.as_str().to_owned(),
                };
                Ok(self.key_step(&text, span))
            }
        }
    }

    /// A key that reads as an integer asks for an element of a list, also when it is quoted. In a plain file one
    /// that begins with `%` is a variable, as for cfn-guard.
    fn key_step(&mut self, key: &str, span: Span) -> Step {
        if let (Some(name), Dialect::Guard) = (key.strip_prefix('%'), self.dialect) {
            return Step::Variable(self.text_id(name));
        }
        key.parse().map_or_else(|_| Step::Key(self.key_id(key, span)), Step::Index)
    }

    fn index(&self, pair: &Pair<'_, Grammar>) -> Built<Step> {
        self.integer(pair).map(Step::Index)
    }

    fn filter(&mut self, pair: Pair<'_, Grammar>) -> Built<Step> {
        let mut capture = None;
        let mut clauses = Vec::new();
        for part in pair.into_inner() {
            match part.as_rule() {
                Grammar::capture => capture = Some(self.text_id(only(part).as_str())),
                _ => clauses.push(self.any_of(part)?),
            }
        }
        Ok(Step::Filter(capture, clauses))
    }

    fn key_filter(&mut self, pair: Pair<'_, Grammar>) -> Built<Step> {
        // cfn-guard reads a capture here and never fills it.
        let mut parts = pair.into_inner().filter(|part| part.as_rule() != Grammar::capture);
        let operator = parts.next().expect("a `keys` filter has an operator");
        let test = match operator.as_str() {
            "==" => KeyTest::Equal,
            "!=" => KeyTest::NotEqual,
            "in" | "IN" => KeyTest::In,
            _ => KeyTest::NotIn,
        };
        let operand = self.operand(parts.next().expect("a `keys` filter has a right side"))?;
        Ok(Step::Keys(test, operand))
    }

    fn literal(&mut self, pair: Pair<'_, Grammar>) -> Built<Literal> {
        match pair.as_rule() {
            Grammar::null => Ok(Literal::Null),
            Grammar::bool => Ok(Literal::Bool(pair.as_str().eq_ignore_ascii_case("true"))),
            Grammar::int => Ok(Literal::Int(self.integer(&pair)?)),
            Grammar::float => Ok(Literal::Float(self.fraction(&pair)?)),
            Grammar::string => Ok(Literal::Text(self.text_id(&unquoted(pair.as_str())))),
            Grammar::regex => self.pattern(&pair),
            Grammar::range => self.range(pair),
            Grammar::list => {
                let items = pair.into_inner().map(|item| self.literal(item));
                Ok(Literal::List(items.collect::<Built<_>>()?))
            }
            _ => self.map(pair),
        }
    }

    fn integer(&self, pair: &Pair<'_, Grammar>) -> Built<i64> {
        let message = || format!("`{}` is outside of the integers that Guard knows", pair.as_str());
        pair.as_str().parse().map_err(|_| Fault { at: self.offset(pair), message: message() })
    }

    fn fraction(&self, pair: &Pair<'_, Grammar>) -> Built<f64> {
        let message = || format!("`{}` is not a number", pair.as_str());
        pair.as_str().parse().map_err(|_| Fault { at: self.offset(pair), message: message() })
    }

    fn pattern(&self, pair: &Pair<'_, Grammar>) -> Built<Literal> {
        let written = pair.as_str();
        let text = written[1..written.len() - 1].replace("\\/", "/");
        match Pattern::new(text) {
            Ok(pattern) => Ok(Literal::Pattern(Box::new(pattern))),
            Err(error) => {
                let message = format!("this regular expression does not compile: {error}");
                Err(Fault { at: self.offset(pair), message })
            }
        }
    }

    fn range(&self, pair: Pair<'_, Grammar>) -> Built<Literal> {
        let at = self.offset(&pair);
        let written = pair.as_str();
        let has_low = written.starts_with("r[");
        let has_high = written.ends_with(']');
        let mut ends = pair.into_inner();
        let (low, high) = ends.next().zip(ends.next()).expect("a range has two ends");
        let kind = |end: &Pair<'_, Grammar>| end.clone().into_inner().next().map(|number| number.as_rule());
        match (kind(&low), kind(&high)) {
            (Some(Grammar::int), Some(Grammar::int)) => {
                let (low, high) = (self.integer(&low)?, self.integer(&high)?);
                Ok(Literal::IntRange(Range { low, high, has_low, has_high }))
            }
            (Some(Grammar::float), Some(Grammar::float)) => {
                let (low, high) = (self.fraction(&low)?, self.fraction(&high)?);
                Ok(Literal::FloatRange(Range { low, high, has_low, has_high }))
            }
            (None, None) => {
                let first = |end: &Pair<'_, Grammar>| end.as_str().chars().next().unwrap_or_default();
                Ok(Literal::CharRange(Range { low: first(&low), high: first(&high), has_low, has_high }))
            }
            _ => {
                let message =
                    "both ends of a range are integers, both have a decimal point, or both are characters";
                Err(Fault { at, message: message.to_owned() })
            }
        }
    }

    fn map(&mut self, pair: Pair<'_, Grammar>) -> Built<Literal> {
        let mut entries: Vec<(_, Literal)> = Vec::new();
        for pair in pair.into_inner() {
            let mut parts = pair.into_inner();
            let key = parts.next().expect("an entry has a key");
            let key = match key.clone().into_inner().next() {
                Some(quoted) => unquoted(quoted.as_str()),
                None if key.as_str().starts_with(['\'', '"']) => unquoted(key.as_str()),
                None => key.as_str().to_owned(),
            };
            let key = self.text_id(&key);
            let value = self.literal(parts.next().expect("an entry has a value"))?;
            match entries.iter_mut().find(|entry| entry.0 == key) {
                Some(entry) => entry.1 = value,
                None => entries.push((key, value)),
            }
        }
        Ok(Literal::Map(entries))
    }
}

fn only(pair: Pair<'_, Grammar>) -> Pair<'_, Grammar> {
    pair.into_inner().next().expect("the grammar gives this pair one part")
}

/// The text between quotes. A backslash means something only before the quote that delimits.
fn unquoted(written: &str) -> String {
    let quote = &written[..1];
    written[1..written.len() - 1].replace(&format!("\\{quote}"), quote)
}
