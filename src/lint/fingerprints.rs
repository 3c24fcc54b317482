//! Fingerprints that are equal are told apart by the order of what has them.

use std::collections::BTreeMap;

use crate::finding::{Finding, fingerprint};
use crate::source::FileId;

/// Numbers what one rule says more than once at one logical path of a file: of two equal mappings.
pub(super) fn number_equal_fingerprints(findings: &mut [Finding]) {
    let mut seen: BTreeMap<(FileId, String), u32> = BTreeMap::new();
    let mut number = |file: FileId, logical_path: &str, known: &mut String| {
        let times = seen.entry((file, known.clone())).or_default();
        *times += 1;
        if *times > 1 {
            *known = fingerprint(known, logical_path, &[times.to_string()]);
        }
    };
    for finding in findings {
        if finding.fingerprint.is_empty() {
            finding.fingerprint = fingerprint(&finding.rule, &finding.logical_path, &[]);
        }
        for member in &mut finding.members {
            number(member.location.file, &member.logical_path, &mut member.fingerprint);
        }
        if let Some(first) = finding.first_member() {
            finding.fingerprint = first.fingerprint.clone();
        } else {
            let file = finding.primary.location.file;
            number(file, &finding.logical_path, &mut finding.fingerprint);
        }
    }
}
