//! Query strings that are not part of a valid URI.
//!
//! The gateway passes a query string on as the client sent it. `lambda_http` makes a URI of it and panics if it is none, which
//! the client would see as a server error. So such a query string is taken out before, and the request answered with 400.

use lambda_http::http::uri::PathAndQuery;
use lambda_http::request::LambdaRequest;

use super::Problem;

/// The request had a query string with characters that a URI cannot contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

/// Removes a query string that is not part of a valid URI.
pub(super) fn take_malformed(event: &mut LambdaRequest) -> Option<Malformed> {
    let LambdaRequest::ApiGatewayV2(event) = event else { return None };
    let query = event.raw_query_string.as_deref()?;
    if format!("/?{query}").parse::<PathAndQuery>().is_ok() {
        return None;
    }
    event.raw_query_string = None;
    Some(Malformed)
}

impl From<Malformed> for Problem {
    fn from(_: Malformed) -> Self {
        Self::unreadable(
            "The query string contains characters that RFC 3986 does not allow. Percent-encode them: < is %3C, > is %3E, \
             a space is %20.",
        )
    }
}

#[cfg(test)]
mod tests {
    use lambda_http::Request;

    use super::*;

    fn event(query: &str) -> LambdaRequest {
        let event = serde_json::json!({
            "version": "2.0", "routeKey": "GET /v1/health", "rawPath": "/v1/health", "rawQueryString": query,
            "headers": { "host": "api.example.com" }, "isBase64Encoded": false,
            "requestContext": { "http": { "method": "GET", "path": "/v1/health" }, "stage": "$default", "timeEpoch": 0 },
        });
        serde_json::from_value(event).unwrap()
    }

    #[test]
    fn a_query_that_is_no_uri_is_taken_out_and_others_stay() {
        for query in ["a=<b>", "a=b c", "a=\u{7f}", "a=`b`\u{0}"] {
            let mut event = event(query);
            assert_eq!(take_malformed(&mut event), Some(Malformed), "{query}");
            assert_eq!(Request::from(event).uri().query(), None, "{query}");
        }
        for query in ["", "a=b&c=%3C", "near=52.5,13.4", "a=[b]", "a={b}|c", "a=\u{e4}"] {
            let mut event = event(query);
            assert_eq!(take_malformed(&mut event), None, "{query}");
            assert_eq!(Request::from(event).uri().query().unwrap_or_default(), query);
        }
    }

    #[test]
    fn the_problem_says_what_to_send() {
        let problem = serde_json::to_value(Problem::from(Malformed)).unwrap();
        assert_eq!((&problem["status"], &problem["code"]), (&400.into(), &"request.unreadable".into()));
        assert!(problem["detail"].as_str().unwrap().contains("%3C"));
    }
}
