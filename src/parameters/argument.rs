//! `--parameter NAME=VALUE` on the command line. The shell has taken the quotes: a value may have blanks.

use super::overrides::{self, NoParameter};
use super::{Error, Pair};

/// The parameters of the arguments, in order. One that is none is told by its number: what it says may be a secret.
pub(super) fn read(arguments: &[String]) -> Result<Vec<Pair>, Error> {
    let mut pairs = Vec::new();
    for (index, argument) in arguments.iter().enumerate() {
        let pair = match argument.split_once('=') {
            Some(("ParameterKey", _)) => overrides::pair(argument),
            Some((name, value)) if !name.trim().is_empty() => {
                Ok(Some((name.trim().to_owned(), value.to_owned())))
            }
            Some(_) | None => Err(NoParameter),
        };
        pairs.extend(pair.map_err(|NoParameter| {
            Error::new(format!("--parameter number {} is not of the form NAME=VALUE", index + 1))
        })?);
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_equals_sign_ends_the_name() {
        let read = |text: &str| read(&[text.to_owned()]).map(|mut pairs| pairs.remove(0));
        let pair = |name: &str, value: &str| Ok((name.to_owned(), value.to_owned()));
        assert_eq!(read("Env=a=b"), pair("Env", "a=b"));
        assert_eq!(read("Note=\"two\" words"), pair("Note", "\"two\" words"));
        assert_eq!(read("Env="), pair("Env", ""));
        assert_eq!(read("ParameterKey=Env,ParameterValue=prod"), pair("Env", "prod"));
    }

    #[test]
    fn what_is_no_parameter_is_told_by_its_number_alone() {
        for odd in ["hunter2", "=hunter2", "ParameterKey=hunter2", ""] {
            let message = read(&["A=b".to_owned(), odd.to_owned()]).unwrap_err().to_string();
            assert_eq!(message, "--parameter number 2 is not of the form NAME=VALUE");
        }
    }
}
