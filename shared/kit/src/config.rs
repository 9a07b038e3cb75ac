//! Configuration from the environment, which tells at once all that is wrong with it.

use std::fmt::Display;
use std::str::FromStr;

/// The deployment's stage. Anything but `prod` shows costs in replies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stage(String);

impl Stage {
    /// True for the stage that serves real users.
    pub fn is_production(&self) -> bool {
        self.0 == "prod"
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Stage {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

type Source = Box<dyn Fn(&str) -> Option<String>>;

/// Reads variables and remembers each one that is missing or wrong, so that one failed start names them all.
pub struct Environment {
    read: Source,
    wrong: Vec<String>,
}

/// The variables that are missing or wrong.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the environment is incomplete: {}", .0.join("; "))]
pub struct ConfigError(Vec<String>);

impl ConfigError {
    /// Something that configuration points to cannot be used.
    pub fn because(reason: impl Display) -> Self {
        Self(vec![reason.to_string()])
    }

    /// Both values, or all that is wrong with either, so that one failed start names every variable.
    pub fn both<A, B>(a: Result<A, Self>, b: Result<B, Self>) -> Result<(A, B), Self> {
        match (a, b) {
            (Ok(a), Ok(b)) => Ok((a, b)),
            (Err(a), Err(b)) => Err(Self([a.0, b.0].concat())),
            (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
        }
    }
}

impl Environment {
    /// The process's environment.
    pub fn of_process() -> Self {
        Self::new(|name| std::env::var(name).ok())
    }

    /// Any other source.
    pub fn new(read: impl Fn(&str) -> Option<String> + 'static) -> Self {
        Self { read: Box::new(read), wrong: Vec::new() }
    }

    /// A variable that must be there.
    pub fn required<T: FromStr<Err: Display>>(&mut self, name: &str) -> Option<T> {
        let value = self.optional(name);
        if value.is_none() && (self.read)(name).is_none_or(|text| text.is_empty()) {
            self.wrong.push(format!("{name} is missing"));
        }
        value
    }

    /// A variable that may be absent or empty; one that is there must be right.
    pub fn optional<T: FromStr<Err: Display>>(&mut self, name: &str) -> Option<T> {
        let text = (self.read)(name).filter(|text| !text.is_empty())?;
        // The value is not shown: it may be a secret.
        text.parse().map_err(|error| self.wrong.push(format!("{name} is not valid: {error}"))).ok()
    }

    /// All values, if every variable that was asked for is right.
    pub fn all<T: Complete>(&mut self, values: T) -> Result<T::Values, ConfigError> {
        let wrong = std::mem::take(&mut self.wrong);
        match values.complete() {
            Some(values) if wrong.is_empty() => Ok(values),
            _ => Err(ConfigError(wrong)),
        }
    }
}

/// Starts a function: telemetry first, so that a failed start is told in the log; then the context, for the process's life.
pub(crate) async fn start<C: 'static>(
    from_env: impl AsyncFnOnce(&mut Environment) -> Result<C, ConfigError>,
) -> Result<(&'static C, Stage), ConfigError> {
    crate::telemetry::init();
    let mut env = Environment::of_process();
    let stage = env.required("STAGE");
    let ctx = from_env(&mut env).await;
    let ctx = ctx.and_then(|ctx| env.all((stage,)).map(|(stage,)| (ctx, stage)));
    let (ctx, stage) = ctx.inspect_err(|error| tracing::error!(%error, "the function cannot start"))?;
    Ok((Box::leak(Box::new(ctx)), stage))
}

/// The context of a function that needs no configuration.
#[derive(Debug, Clone, Copy)]
pub struct Stateless;

impl Stateless {
    /// Reads nothing.
    pub async fn from_env(_env: &mut Environment) -> Result<Self, ConfigError> {
        Ok(Self)
    }
}

/// A tuple of values that were read.
pub trait Complete {
    /// The same without the doubt.
    type Values;

    /// The values, if all are there.
    fn complete(self) -> Option<Self::Values>;
}

macro_rules! complete {
    ($($name:ident)+) => {
        impl<$($name),+> Complete for ($(Option<$name>,)+) {
            type Values = ($($name,)+);

            #[allow(non_snake_case, reason = "the type parameters name the values too")]
            fn complete(self) -> Option<Self::Values> {
                let ($($name,)+) = self;
                Some(($($name?,)+))
            }
        }
    };
}

complete!(A);
complete!(A B);
complete!(A B C);
complete!(A B C D);
complete!(A B C D E);
complete!(A B C D E F);
complete!(A B C D E F G);
complete!(A B C D E F G H);
complete!(A B C D E F G H I);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_missing_or_wrong_is_told_at_once() {
        let mut env = Environment::new(|name| (name == "PORT").then(|| "many".to_owned()));
        let values =
            (env.required::<String>("TABLE_NAME"), env.required::<u16>("PORT"), env.required::<String>("BUS_NAME"));
        let error = env.all(values).unwrap_err().to_string();
        assert!(error.contains("TABLE_NAME is missing"), "{error}");
        assert!(error.contains("PORT is not valid"), "{error}");
        assert!(error.contains("BUS_NAME is missing"), "{error}");
        assert!(!error.contains("many"), "values may be secrets: {error}");
    }

    #[test]
    fn what_two_parts_miss_is_in_one_error() {
        let missing = |name: &str| Err::<(), _>(ConfigError::because(format!("{name} is missing")));
        let error = ConfigError::both(missing("A"), missing("B")).unwrap_err();
        assert_eq!(error.to_string(), "the environment is incomplete: A is missing; B is missing");
        assert_eq!(ConfigError::both(Ok(1), missing("B")).unwrap_err(), missing("B").unwrap_err());
        assert_eq!(ConfigError::both(Ok(1), Ok(2)), Ok((1, 2)));
    }

    #[test]
    fn a_complete_environment_gives_its_values() {
        let mut env = Environment::new(|name| (name == "PORT").then(|| "80".to_owned()));
        let values = (env.required::<u16>("PORT"),);
        assert_eq!(env.optional::<String>("NOTHING"), None);
        assert_eq!(env.all(values), Ok((80,)));
    }
}
