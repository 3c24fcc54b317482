//! Following a path of keys through values, with the conditions that are met on the way.

use super::Origin;
use super::alternative::{Alt, Unknown, Val};
use super::condition::Guard;
use super::evaluate::Cases;
use super::resolve::Resolver;
use super::value::ValueId;

impl Resolver<'_> {
    /// What stands at the end of a path of keys and list indices (from 0, as written) that starts in `base`.
    /// What is missing is [`Alt::Absent`] at the narrowest construct that it would be written in, which for
    /// `base` itself is `origin`; in an open map, and below something unknown, it is unknown.
    pub(crate) fn follow(self, base: Option<ValueId>, path: &[&str], origin: Origin) -> Val {
        let Some(base) = base else { return Val::always(Alt::Absent { at: origin }) };
        let mut cases = Cases::default();
        self.collect_at(base, path, origin, Guard::ALWAYS, &mut cases);
        cases.into_val(Guard::ALWAYS)
    }

    fn collect_at(self, id: ValueId, path: &[&str], container: Origin, under: Guard, cases: &mut Cases) {
        let Some((key, path)) = path.split_first() else { return self.collect(id, under, cases) };
        let values = &self.template().values;
        for (guard, alt) in self.resolve_under(id, under).alternatives {
            let (member, is_open) = match alt {
                Alt::Map(map) => {
                    let key = self.template().names.find(key);
                    (key.and_then(|key| values.get(map, key)), values.is_open(map))
                }
                Alt::List(list) => {
                    let index = key.parse::<usize>().ok();
                    (index.and_then(|index| values.items(list).get(index).copied()), false)
                }
                Alt::Absent { .. } | Alt::Unknown(_) => {
                    cases.push(guard, alt);
                    continue;
                }
                Alt::Scalar { .. } | Alt::OneOf { .. } | Alt::Resource { .. } | Alt::Text(_) => {
                    cases.push(guard, Alt::Unknown(Unknown::Function));
                    continue;
                }
            };
            match member {
                Some(member) => self.collect_at(member, path, values.origin(member), guard, cases),
                None if is_open => cases.push(guard, Alt::Unknown(Unknown::Macro)),
                None => cases.push(guard, Alt::Absent { at: container }),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::tests::template;

    fn follow(properties: &str, path: &[&str]) -> Vec<String> {
        let template = template(&format!(
            "Conditions: {{A: !Equals [!Ref X, a]}}\nResources:\n  Fn:\n    Type: T\n    Properties: {properties}\n"
        ));
        let resource = &template.resources[0];
        template.tell(&Resolver::new(&template).follow(resource.properties, path, resource.origin))
    }

    #[test]
    fn a_path_leads_through_maps_and_lists() {
        assert_eq!(follow("{A: {B: [x, {C: y}]}}", &["A", "B", "1", "C"]), ["y"]);
        assert_eq!(follow("{A: 1}", &[]), ["map"]);
    }

    #[test]
    fn what_is_missing_is_missing_in_the_narrowest_construct() {
        assert_eq!(follow("{A: 1}", &["B"]), ["absent at Fn"]);
        assert_eq!(follow("{A: {B: 1}}", &["A", "C"]), ["absent at A"]);
        assert_eq!(follow("{A: [{B: 1}]}", &["A", "0", "C"]), ["absent at {B: 1}"]);
        assert_eq!(follow("{A: [x]}", &["A", "1"]), ["absent at A"]);
        let template = template("Resources: {Fn: {Type: T}}");
        let origin = template.resources[0].origin;
        assert_eq!(template.tell(&Resolver::new(&template).follow(None, &["A"], origin)), ["absent at Fn"]);
    }

    #[test]
    fn conditions_on_the_way_come_together() {
        assert_eq!(
            follow("{T: !If [A, {Mode: x}, !Ref AWS::NoValue]}", &["T", "Mode"]),
            ["x when A is true", "absent at T when A is false"]
        );
        assert_eq!(
            follow("!If [A, {B: !If [A, 1, 2]}, {}]", &["B"]),
            ["1 when A is true", "absent at Fn when A is false"]
        );
    }

    #[test]
    fn below_something_unknown_and_in_an_open_map_nothing_is_absent() {
        assert_eq!(follow("{A: !ImportValue x}", &["A", "B"]), ["Import"]);
        assert_eq!(follow("{A: text}", &["A", "B"]), ["Function"]);
        assert_eq!(follow("{Fn::Transform: {Name: M}, A: 1}", &["A"]), ["1"]);
        assert_eq!(follow("{Fn::Transform: {Name: M}, A: 1}", &["B"]), ["Macro"]);
        assert_eq!(follow("{Fn::Transform: {Name: M}}", &["B"]), ["Macro"]);
    }
}
