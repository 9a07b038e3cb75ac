//! How commands are called.

use crate::failure::{Result, refuse};

/// What a person reads who asks for help, or for a command that there is not.
pub const HELP: &str = "\
cargo xtask tidy
    checks the rules of the repository that no compiler checks
cargo xtask rules
    lists them
cargo xtask new-context <pack> <context>
    a context with its first files, and its stack in the root template
cargo xtask new-endpoint <context> <verb_noun> \"<METHOD> /v1/path/{id}\" [--public] [--no-bless]
    an endpoint: code, binary, template, sample, test; --public for callers who are not signed in
cargo xtask new-consumer <context> <verb_noun> <context.event>… [--bus] [--no-bless]
    a consumer of events: code, binary, queue, template, sample, test; --bus invokes it without a queue, for rare events
cargo xtask openapi
    rewrites docs/openapi/*.json, docs/endpoints.md and the events' schemas from the code
cargo xtask apis
    rewrites the templates of the HTTP APIs, functions/<pack>/api.yaml, from docs/openapi/*.json; `openapi` does so too
cargo xtask sizes
    the sizes of the binaries that were built for release
cargo xtask check-sizes [<binary>…]
    compares them with tests/budgets.json: all, or those that are named
cargo xtask bless-sizes
    writes them into tests/budgets.json
cargo xtask check-budgets <record>
    checks that each case of tests/budgets.json was measured by the run of the table tests that wrote the record
cargo xtask bless-budgets <record>
    writes what that run measured into tests/budgets.json
cargo xtask performance
    rewrites the generated parts of docs/performance.md from what `make bench` has measured

--no-bless leaves out what `openapi` does.
";

/// A command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Shows [`HELP`].
    Help,
    /// Checks the rules.
    Tidy,
    /// Lists the rules.
    Rules,
    /// Regenerates what is generated.
    Openapi,
    /// Regenerates the templates of the HTTP APIs.
    Apis,
    /// Writes the report of what was measured.
    Performance,
    /// Shows sizes.
    Sizes,
    /// Compares sizes with their budgets.
    CheckSizes {
        /// The binaries; all if none is named.
        binaries: Vec<String>,
    },
    /// Makes budgets of sizes.
    BlessSizes,
    /// Compares what was measured with the budgets.
    CheckBudgets {
        /// The file that the tests wrote.
        record: String,
    },
    /// Makes budgets of what was measured.
    BlessBudgets {
        /// The file that the tests wrote.
        record: String,
    },
    /// Scaffolds a context.
    NewContext {
        /// The pack that it belongs to.
        pack: String,
        /// Its name.
        context: String,
    },
    /// Scaffolds an endpoint.
    NewEndpoint {
        /// The context that it belongs to.
        context: String,
        /// Its name.
        name: String,
        /// Its method and path.
        route: String,
        /// Whether everybody may call it.
        public: bool,
        /// Whether to regenerate what is generated.
        bless: bool,
    },
    /// Scaffolds a consumer.
    NewConsumer {
        /// The context that it belongs to.
        context: String,
        /// Its name.
        name: String,
        /// The events that it waits for.
        events: Vec<String>,
        /// Whether the bus invokes it without a queue.
        bus: bool,
        /// Whether to regenerate what is generated.
        bless: bool,
    },
}

impl Command {
    /// Reads the arguments.
    pub fn parse(arguments: &[String]) -> Result<Self> {
        let (flags, words): (Vec<&str>, Vec<&str>) =
            arguments.iter().map(String::as_str).partition(|word| word.starts_with('-'));
        let Some((command, words)) = words.split_first() else { return Ok(Self::Help) };
        let allowed: &[&str] = match *command {
            "new-endpoint" => &["--public", "--no-bless"],
            "new-consumer" => &["--bus", "--no-bless"],
            _ => &[],
        };
        if let Some(unknown) = flags.iter().find(|flag| !allowed.contains(flag)) {
            return if ["-h", "--help"].contains(unknown) {
                Ok(Self::Help)
            } else {
                refuse!("{command} takes no {unknown}.\n\n{HELP}")
            };
        }
        let (public, bus) = (flags.contains(&"--public"), flags.contains(&"--bus"));
        let bless = !flags.contains(&"--no-bless");
        let owned = |text: &str| text.to_owned();
        Ok(match (*command, words) {
            ("help", _) => Self::Help,
            ("tidy", []) => Self::Tidy,
            ("rules", []) => Self::Rules,
            ("openapi", []) => Self::Openapi,
            ("apis", []) => Self::Apis,
            ("performance", []) => Self::Performance,
            ("sizes", []) => Self::Sizes,
            ("check-sizes", binaries) => {
                Self::CheckSizes { binaries: binaries.iter().map(|name| owned(name)).collect() }
            }
            ("bless-sizes", []) => Self::BlessSizes,
            ("check-budgets", [record]) => Self::CheckBudgets { record: owned(record) },
            ("bless-budgets", [record]) => Self::BlessBudgets { record: owned(record) },
            ("new-context", [pack, context]) => Self::NewContext { pack: owned(pack), context: owned(context) },
            ("new-endpoint", [context, name, route]) => {
                Self::NewEndpoint { context: owned(context), name: owned(name), route: owned(route), public, bless }
            }
            ("new-consumer", [context, name, events @ ..]) if !events.is_empty() => {
                let events = events.iter().map(|event| owned(event)).collect();
                Self::NewConsumer { context: owned(context), name: owned(name), events, bus, bless }
            }
            _ => return refuse!("`{}` is no command, or not all of one.\n\n{HELP}", arguments.join(" ")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &[&str]) -> Result<Command> {
        Command::parse(&text.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn commands_are_read_whole_or_not_at_all() {
        assert_eq!(parse(&[]), Ok(Command::Help));
        assert_eq!(parse(&["tidy"]), Ok(Command::Tidy));
        assert_eq!(parse(&["check-sizes", "a"]), Ok(Command::CheckSizes { binaries: vec!["a".into()] }));
        assert_eq!(parse(&["check-budgets", "a"]), Ok(Command::CheckBudgets { record: "a".into() }));
        let endpoint = |public, bless| Command::NewEndpoint {
            context: "points".into(),
            name: "get_point".into(),
            route: "GET /v1/community/points/{id}".into(),
            public,
            bless,
        };
        assert_eq!(
            parse(&["new-endpoint", "points", "get_point", "GET /v1/community/points/{id}"]),
            Ok(endpoint(false, true))
        );
        let flags = ["new-endpoint", "--no-bless", "points", "get_point", "GET /v1/community/points/{id}", "--public"];
        assert_eq!(parse(&flags), Ok(endpoint(true, false)));
        for bad in [
            &["tidy", "x"][..],
            &["tidy", "--public"],
            &["new-context", "a"],
            &["new-consumer", "a", "b_c"],
            &["bless-budgets"],
            &["x"],
        ] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }
}
