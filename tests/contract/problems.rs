//! `docs/problem-codes.md`: every problem code, generated from the OpenAPI documents, the titles in the code, and the remedies
//! below.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::Value;

use crate::bless;

/// What to do about a code; a code that ends with one of these suffixes has its remedy, the first that fits.
const REMEDIES: &[(&str, &str)] = &[
    ("auth.token_missing", "Send `Authorization: Bearer <access token>`."),
    ("auth.token_expired", "Exchange the refresh token at `POST /v1/auth/refresh`, then repeat the request."),
    ("auth.token_invalid", "Sign in again. Check that the token belongs to this deployment."),
    ("auth.key_expired", "Ask an admin for a new API key."),
    ("auth.key_invalid", "Check the `X-Api-Key` header. The key may have been deleted."),
    ("auth.forbidden", "Use an account with the role, or an API key with the scope, that `detail` names."),
    (
        "auth.email_unverified",
        "Verify the e-mail address: `POST /v1/auth/resend-verification` sends the e-mail again. Then repeat the request.",
    ),
    (
        "aquariums.device_exists",
        "Replace the key of the device with `POST /v1/aquarium/aquariums/{id}/devices/{deviceId}/key`.",
    ),
    ("aquariums.device_full", "Delete a sensor of the device, or use another device."),
    ("aquariums.no_such_alarm_episode", "List the alarms of the aquarium."),
    ("aquariums.no_such_alarm_rule", "List the alarm rules of the aquarium."),
    ("aquariums.no_such_device", "List the devices of the aquarium."),
    ("aquariums.no_such_reading", "List the manual readings of the parameter."),
    ("aquariums.no_such_sensor", "List the sensors of the aquarium."),
    ("aquariums.too_many_alarm_rules", "Delete an alarm rule of the device, or add its sensors to another rule."),
    ("aquariums.too_many_alarms", "Try again in 30 minutes."),
    ("aquariums.too_many_calibrations", "Create a new sensor for the probe."),
    ("aquariums.too_many_devices", "Delete a device that is not used."),
    ("aquariums.too_many_hours", "Split the request by hours."),
    ("aquariums.too_many_trends", "Delete an alarm rule that predicts."),
    ("aquariums.too_many_sensors", "Delete a sensor that is not used."),
    ("vision.off", "Set the parameter `VisionProvider`, or let the user enter the values."),
    ("vision.picture_not_published", "Upload the picture with the purpose `photo`, and wait until it is published."),
    ("vision.no_such_identification", "Check the ID; identifications are shown to the user who requested them."),
    ("vision.not_identified", "Wait for the status `identified`. If it is `failed`, request a new identification."),
    ("vision.not_a_test_strip", "Nothing to do: names of species are not confirmed."),
    ("vision.already_confirmed", "Correct the readings that were recorded instead."),
    ("request.limit_exceeded", "Wait for the seconds in `Retry-After`, then try again."),
    ("auth.session_ended", "Sign in again."),
    ("identity.refresh_invalid", "Sign in again."),
    ("identity.refresh_replayed", "Sign in again, and use each refresh token once."),
    ("identity.bad_credentials", "Ask the user to check address and password, or to reset the password."),
    ("screens.no_such_person", "Check the user ID. A user has a page once there was an event about them."),
    ("screens.not_yet", "Send the request again after `Retry-After` seconds, or without `atLeast`."),
    ("timeline.role_too_low", "Ask the owner of the aquarium to make the user a keeper."),
    ("timeline.not_correctable", "Correct the entry that `amends` names."),
    ("timeline.entry_retracted", "Append a new entry."),
    ("timeline.too_many_corrections", "Retract the entry and append a new one."),
    ("timeline.type_changed", "Retract the entry and append a new one."),
    ("timeline.newer_entries", "Wait for the seconds in `Retry-After`, then try again."),
    ("timeline.no_such_dose_plan", "List the dose plans of the aquarium."),
    ("timeline.too_many_dose_plans", "Delete a dose plan that is not used."),
    ("timeline.too_many_dose_changes", "Create a new dose plan, and delete this one."),
    ("timeline.no_reservoir", "Add a reservoir with `PATCH /v1/aquarium/aquariums/{id}/dose-plans/{planId}`."),
    (
        "timeline.no_such_calendar",
        "Ask the user to create a new link with `POST /v1/aquarium/aquariums/{id}/calendar-link`.",
    ),
    ("timeline.no_such_task", "List the tasks of the aquarium."),
    ("timeline.occurrence_not_open", "Get the task, and send `dueAt` of an open occurrence."),
    ("timeline.snoozed_too_often", "Complete or skip the occurrence, or change the schedule."),
    ("timeline.too_many_tasks", "Delete a task that is no longer needed."),
    ("timeline.rebuilding", "Wait for the seconds in `Retry-After`, then try again."),
    ("timeline.history_unavailable", "Wait for the seconds in `Retry-After`, then try again."),
    ("identity.mfa_token_invalid", "Start again with `POST /v1/auth/login`."),
    ("identity.mfa_not_pending", "Start the enrolment again with `POST /v1/auth/mfa/totp`."),
    ("identity.mfa_already_on", "Nothing to do."),
    ("identity.mfa_off", "Nothing to do."),
    ("identity.email_already_verified", "Nothing to do."),
    ("identity.email_taken", "Sign in, or reset the password."),
    ("identity.link_invalid", "Request a new link."),
    (
        "identity.password_required",
        "Send an access token of the account or its password; users who do not know it set a new one.",
    ),
    ("identity.email_code_invalid", "Request a new code with `POST /v1/auth/email/begin`."),
    ("identity.reauthentication_required", "Sign in again, then repeat the request with the new access token."),
    ("too_many_addresses", "Wait for the seconds in `Retry-After`."),
    ("identity.mfa_code_required", "Ask the user for a code of the authenticator app, and send it as `code`."),
    ("import_running", "Upload the file of the earlier import, and try again when it is finished."),
    ("export_running", "Follow the earlier export, and try again when it is finished."),
    ("auth.email_unverified", "Ask the user to verify the e-mail address."),
    ("identity.own_account", "Ask another admin."),
    ("identity.mfa_removal_pending", "Wait for it, or cancel it first."),
    ("identity.mfa_removal_unverified", "Ask the user to reset the password: that removes the second factor."),
    ("identity.second_admin_required", "Ask an admin who did not request the removal."),
    ("identity.last_sign_in_method", "Add another way to sign in first."),
    ("identity.no_email", "Add an e-mail address to the account first."),
    ("identity.no_password", "Use another way to sign in."),
    ("identity.api_key_exists", "Use the key that the first request returned, or send a new `Idempotency-Key`."),
    ("identity.telegram_expired", "Ask the user to open the Mini App again."),
    ("identity.telegram_invalid", "Send `initData` unchanged, and check the bot's token in the deployment."),
    ("identity.telegram_off", "Set the parameter `TelegramBotTokenName`."),
    ("identity.telegram_taken", "Unlink Telegram from the other account first."),
    ("code_wrong", "Ask the user to enter the code again."),
    ("wrong_password", "Ask the user to enter the password again."),
    ("too_many_attempts", "Wait for the seconds in `Retry-After`."),
    ("too_soon", "Wait for the seconds in `Retry-After`."),
    ("suspended", "Contact the operator: an admin can restore the account."),
    ("request.idempotency_key_reused", "Send a new `Idempotency-Key` for a different request."),
    ("billing.no_such_user", "Check the user ID. The account may have been deleted."),
    ("billing.no_such_coupon", "List coupons with `GET /v1/billing/coupons`."),
    ("billing.no_such_product", "Check the code with `GET /v1/billing/catalogue`."),
    ("billing.no_such_plan", "Check the code with `GET /v1/billing/catalogue`."),
    ("billing.no_such_price", "Check the code with `GET /v1/billing/catalogue`."),
    ("billing.price_fixed", "Choose another code for the price."),
    ("billing.catalogue_full", "Replace an entry that is not needed any more."),
    ("code_taken", "Choose another code."),
    ("knowledge.slug_taken", "Choose another slug."),
    ("slug_taken", "Choose another slug, or change the slug of the other product first."),
    ("sku_taken", "Choose another SKU, or delete the variant of the other product first."),
    ("product_too_large", "Shorten texts, or remove attributes, options or variants."),
    ("too_many_variants", "Delete a variant first, or create another product."),
    ("choices_invalid", "Send exactly one value for each option of the product."),
    ("choices_taken", "Change the choices of one of the two variants."),
    ("options_in_use", "Change or delete the variants that do not fit first."),
    ("no_variants", "Add a variant first."),
    ("no_such_price_list", "Create the price list first."),
    ("unknown_variant", "Check product ID and SKU."),
    ("unknown_component", "Create the variant first, or remove it from `components`."),
    ("own_component", "Remove the variant from its own `components`."),
    ("nested_bundle", "Send the components of the inner bundle instead."),
    ("too_many_bundles", "Remove the component from another bundle first."),
    ("variant_in_bundle", "Remove the variant from the bundle that the detail names."),
    ("media_not_published", "Upload the picture with the purpose `product`, and wait until it is published."),
    ("no_price", "Set a price in a list that applies, or ask for another currency."),
    ("too_many_price_lists", "Use an existing price list."),
    ("too_many_reports", "Delete a report first."),
    ("no_such_funnel", "Use a name that the description of the operation lists."),
    ("no_such_cohorts", "Use a name that the description of the operation lists."),
    ("price_list_scope_fixed", "Create another price list."),
    ("price_list_empty", "Send an end after the beginning."),
    ("price_list_past_fixed", "Send a validity that changes nothing before now."),
    ("no_such_species", "Search the species with `GET /v1/aquarium/species`."),
    ("unknown_species", "Search the species with `GET /v1/aquarium/species`, and send its ID."),
    ("knowledge.no_such_guide", "Check the slug with `GET /v1/aquarium/guides`, or the ID of a guide that you manage."),
    ("no_such_guide_version", "List the versions of the guide."),
    ("guide_full", "Create another guide, or use a slug that the guide had before."),
    ("version_outdated", "Read the newest version, and review that one."),
    ("version_reviewed", "Write a new version of the guide."),
    ("version_not_approved", "Ask another manager or admin to review the version."),
    ("own_version", "Ask another manager or admin."),
    ("own_suggestion", "Ask another manager or admin."),
    ("no_such_suggestion", "List the suggestions: it may have been deleted by its user."),
    ("suggestion_decided", "Nothing to do; send a new suggestion if the species should change again."),
    ("suggestion_known", "Nothing to do."),
    ("suggestion_not_applicable", "Change the species first, or reject the suggestion."),
    ("no_such_species_import", "Check the ID; imports are shown to the user who requested them."),
    ("species_merged", "Send the request for the species that was kept."),
    ("too_many_names", "Import the species with fewer names first."),
    ("source_in_use", "Send the source under another ID."),
    ("merge_not_possible", "Send the ID of another species of the same kind."),
    ("unknown_category", "Create the category first, or remove it from `categories`."),
    ("no_such_category", "Check the slug with `GET /v1/commerce/categories`."),
    ("unknown_parent", "Create the parent first."),
    ("category_circle", "Send another parent, or move that category first."),
    ("tree_too_deep", "Send a higher parent."),
    ("too_many_categories", "Delete a category first."),
    ("category_has_children", "Move or delete the categories below it first."),
    ("last_variant", "Add another variant, or archive the product, first."),
    ("too_many_locations", "Change an existing location; closed ones can be opened again with another name."),
    ("not_enough_stock", "Read the stock, and remove at most the free units."),
    ("too_much_stock", "Add fewer units."),
    ("order_state", "Read the order; its state decides on what is possible."),
    ("not_enough_units", "Read the order again, and send fewer units."),
    ("not_on_hand", "Receive the units with an adjustment first."),
    ("no_such_line", "Check the line, from 0, and the variant."),
    ("too_many_shipments", "Ship the rest together."),
    ("payment_ended", "Collect the money otherwise and send `withoutPayment`, or cancel the units."),
    ("shipment_delivered", "Create a return instead."),
    ("shipment_cancelled", "Create another shipment."),
    ("too_many_returns", "Contact the shop."),
    ("return_period_over", "Contact the shop."),
    ("return_settled", "Create another return for further units."),
    ("too_many_restocked", "Restock at most the units that were received."),
    ("request.idempotency_key_missing", "Send an `Idempotency-Key`, for example a UUID."),
    ("request.if_match_missing", "Send `If-Match` with the last `ETag`."),
    ("request.version_changed", "Read the resource again, apply the change to it, and send its new `ETag`."),
    ("request.invalid", "Correct the fields that `errors` lists."),
    ("request.unreadable", "Send valid JSON."),
    ("request.not_json", "Send `Content-Type: application/json`."),
    ("request.too_large", "Send a smaller body."),
    ("request.no_such_path", "Check the id in the path."),
    (
        "request.no_such_route",
        "Check method and path with `GET /v1/docs`. `detail` names a similar path if there is one.",
    ),
    ("request.method_not_allowed", "Use one of the methods that the header `Allow` lists."),
    ("service.unavailable", "Retry with exponential backoff, at least `Retry-After` seconds later."),
    ("service.failed", "Retry later; report `requestId` to the operator if it persists."),
    ("platform.table_unreachable", "Retry later."),
    ("media.no_such_profile", "Check the user ID. The account may have been deleted."),
    ("search.no_such_collection", "Use the name of a collection: `products`, `species` or `guides`."),
    ("platform.docs_disabled", "Set the parameter `DocsPage` to `on`, or read `GET /v1/openapi.json`."),
    ("payment_provider_unavailable", "Retry later, with the same `Idempotency-Key`."),
    ("payments_off", "Configure the payment provider of the deployment."),
    ("funding_unavailable", "Use another way to pay."),
    ("aquariums.quota_used", "Delete an aquarium, or change to a plan with more."),
    ("aquariums.count_out_of_range", "Read the livestock, and send a number that fits its count."),
    ("aquariums.invitation_exists", "Use the code that the first request returned, or send a new `Idempotency-Key`."),
    ("aquariums.members_full", "Ask the owner to remove a member first."),
    ("aquariums.no_such_invitation", "Ask the owner for another invitation."),
    ("aquariums.owner_cannot_leave", "Delete the aquarium instead."),
    ("aquariums.too_many_items", "Delete one first."),
    ("aquariums.role_too_low", "Ask the owner of the aquarium for the role that `detail` names."),
    ("insufficient_funds", "Deposit money, or send a smaller amount."),
    ("balance_full", "Send a smaller amount."),
    ("to_oneself", "Choose another recipient."),
    ("in_debt", "Create a deposit that repays the debt, then try again."),
    ("recipient_unavailable", "Try again later, or choose another recipient."),
    ("exponent_fixed", "Keep the number of decimals, or use a new currency code."),
    ("notice_not_proven", "Check the webhook secret of the deployment."),
    ("notice_unreadable", "Check the payment provider's API version."),
    ("quota_exceeded", "Delete pictures, or upgrade the plan."),
    ("upload_expired", "Request a new upload form."),
    ("not_published", "Wait until the picture is `published`."),
    ("album_full", "Remove a photo first."),
    ("too_crowded", "Choose another place, or a smaller radius."),
    ("removed", "Send a new `Idempotency-Key`."),
    ("not_keeper", "Ask the owner of the point, or an admin."),
    ("not_your_photo", "Ask the user who added the photo, the owner of the point, or an admin."),
    ("not_yours", "Ask the author, or an admin."),
    ("cooling_down", "Wait for the seconds in `Retry-After`."),
    ("location_missing", "Send the reporter's location."),
    ("too_far", "Move closer to the point."),
    ("too_late", "Ask an admin."),
    ("too_many_schedules", "Delete a schedule first."),
    ("too_many", "Retire another badge first."),
    ("type_retired", "Choose another event type."),
    ("badge_retired", "Create another badge."),
    ("no_code_pending", "Send the number again with `PUT /v1/notifications/phone`."),
    ("push_not_configured", "Set `ApnsApplicationArn` or `FcmApplicationArn` of the deployment."),
    ("unsubscribe_token_invalid", "Use the link of a more recent e-mail."),
    ("currency_not_found", "Check the code with `GET /v1/community/currencies`."),
    ("no_such_currency", "Check the code with `GET /v1/community/currencies`."),
    ("orders.cart_full", "Remove a line with quantity 0, then repeat the request."),
    ("orders.too_many_codes", "Remove a promotion code, then repeat the request."),
    ("orders.not_for_sale", "Remove the line with quantity 0, or choose another variant."),
    ("orders.no_price", "Use a cart in another currency, or choose another variant."),
    ("orders.no_such_code", "Check the spelling of the code."),
    (
        "orders.code_not_usable",
        "`detail` says why. Use another code, use it later, or sign in. Remove it if the cart has it.",
    ),
    ("orders.code_taken", "Choose another code, or remove it from the other promotion."),
    ("orders.too_many_unpaid", "Pay or cancel an order, or wait for the seconds in `Retry-After`."),
    ("orders.out_of_stock", "Reduce the quantities that `detail` names, or try later."),
    ("orders.price_changed", "Show the new total, and repeat the request with a new `Idempotency-Key` to accept it."),
    ("orders.cart_changed", "Read the cart again, and order with its new version."),
    ("orders.cart_empty", "Add a line to the cart first."),
    ("orders.checkout_closed", "Keep the cart, and order later."),
    ("orders.details_missing", "Set the details of the cart that `detail` names."),
    ("orders.no_tax_rate", "Choose another country: the shop does not sell there."),
    ("orders.shipping_not_offered", "Choose another shipping method of the cart."),
    ("orders.order_too_large", "Order fewer different products or units at once."),
    ("orders.not_cancellable", "Read the order: its state says why. What was shipped can be returned."),
    ("orders.too_many_promotions", "End a promotion without codes by its `validUntil`, or add a code."),
    (
        "payments.no_such_payment",
        "Check the ID. A payment belongs to the buyer of its order: send their access token or `Guest-Key`.",
    ),
    (
        "payments.no_such_order",
        "Send the quote of an order of the caller, with the access token or `Guest-Key` that placed it.",
    ),
    ("payments.no_such_method", "List the saved payment methods and use the ID of one of them."),
    ("payments.no_such_user", "The account was deleted. Nothing can be repeated."),
    ("storefront.no_such_product", "Check the slug. A product that was just published is found after a few seconds."),
    (
        "storefront.no_such_category",
        "Check the slug. A category that was just created is found after some ten seconds.",
    ),
    ("storefront.no_such_order", "Check the order ID. An order that was just placed is found after a few seconds."),
    (
        "storefront.not_yet",
        "Repeat the request after the seconds in `Retry-After`. If it persists, check that `atLeast` is what the write returned.",
    ),
    ("payments.quote_invalid", "Send the `quote` of the order unchanged, to the deployment that returned it."),
    ("payments.quote_expired", "Read the order for a new quote. If it lapsed, place the order again."),
    ("payments.provider_off", "Choose another provider. Operators: set the parameters of the provider and deploy."),
    (
        "payments.methods_unsupported",
        "Pay without `saveMethod` and `methodId`, or use a provider whose methods can be saved.",
    ),
    (
        "payments.too_many_methods",
        "Delete a saved payment method, then repeat the request with a new `Idempotency-Key`.",
    ),
    ("payments.not_payable", "Choose another provider; `detail` names the rule."),
    ("payments.method_refused", "Choose another payment method, or pay without `methodId`."),
    ("payments.too_many_sessions", "Pay with the provider of the current session, or place the order again."),
    ("payments.other_amount", "Place the order again: a payment keeps the amount that it was started with."),
    ("payments.payment_closed", "Place the order again."),
    ("payments.payment_in_progress", "Read the payment after some seconds. If it was not paid, repeat the request."),
    ("payments.refund_too_large", "Refund at most the amount that `detail` names."),
    ("payments.capture_too_large", "Capture at most the amount that `detail` names."),
    ("payments.too_many_operations", "Use the provider's dashboard; what is done there appears in the payment."),
    ("payments.already_captured", "Refund the captured amount instead."),
    ("payments.not_authorized", "Read the payment. Nothing is reserved that could be captured or released."),
    ("payments.webhook_not_proven", "Operators: compare the webhook secret with the provider's, and check the clock."),
    ("payments.webhook_unreadable", "Operators: check that the webhook of this provider points here."),
    ("payments.provider_unavailable", "Repeat the request after `Retry-After` seconds; it is idempotent."),
];

/// Codes that no operation has to list: any request may get them, also one for which there is no operation.
const ANYWHERE: [(&str, &str); 7] = [
    ("request.method_not_allowed", "405"),
    ("request.no_such_route", "404"),
    ("request.not_json", "415"),
    ("request.too_large", "413"),
    ("request.unreadable", "400"),
    ("service.failed", "500"),
    ("service.unavailable", "503"),
];

/// A code of `kit` for operations that require a verified address, of which there are none.
const UNUSED: &str = "auth.email_unverified";

/// A problem code with a status.
#[derive(Default)]
struct Row {
    causes: BTreeSet<String>,
    operations: BTreeSet<String>,
}

/// The codes in the description of a response, each with its cause: `` `code`: cause; `code`, `code` ``.
fn codes(description: &str) -> Vec<(String, String)> {
    let parts: Vec<_> = description.split('`').collect();
    let is_code = |text: &str| {
        text.split_once('.').is_some_and(|(context, code)| {
            [context, code]
                .iter()
                .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
        })
    };
    let mut found: Vec<(String, String)> = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        match found.last_mut() {
            _ if index % 2 == 1 && is_code(part) => found.push(((*part).to_owned(), String::new())),
            Some((_, cause)) if index % 2 == 1 => write!(cause, "`{part}`").unwrap(),
            Some((_, cause)) => cause.push_str(part),
            None => {}
        }
    }
    let trimmed = |cause: &str| cause.trim_matches([' ', ',', ';', ':']).to_owned();
    found.into_iter().map(|(code, cause)| (code, trimmed(&cause))).collect()
}

fn rows(documents: &[Value]) -> BTreeMap<(String, String), Row> {
    let mut rows: BTreeMap<(String, String), Row> = BTreeMap::new();
    let paths = documents.iter().filter_map(|document| document["paths"].as_object()).flatten();
    for (path, item) in paths {
        for (method, operation) in item.as_object().unwrap() {
            for (status, response) in operation["responses"].as_object().unwrap() {
                for (code, cause) in codes(response["description"].as_str().unwrap()) {
                    let row = rows.entry((code, status.clone())).or_default();
                    row.causes.extend(Some(cause).filter(|cause| !cause.is_empty()));
                    row.operations.insert(format!("{} {path}", method.to_uppercase()));
                }
            }
        }
    }
    rows
}

fn remedy(code: &str) -> Option<&'static str> {
    let found = REMEDIES.iter().find(|(known, _)| {
        code == *known || code.ends_with(&format!(".{known}")) || code.ends_with(&format!("_{known}"))
    });
    // What is not found has the same remedy everywhere.
    found
        .map(|(_, remedy)| *remedy)
        .or_else(|| code.contains(".no_such_").then_some("Check the id; it may have been deleted."))
}

/// The title that the code gives a problem code: the text after it in the source.
fn title<'a>(code: &str, status: &str, sources: &'a str) -> &'a str {
    let after = sources.split(&format!("\"{code}\",")).nth(1).map(str::trim_start);
    let title = after.and_then(|text| text.strip_prefix('"')).and_then(|text| text.split('"').next());
    title.unwrap_or(match status {
        "401" => "Authentication required",
        "404" => "Not found",
        _ => "",
    })
}

fn sources() -> String {
    let root = tests::root();
    let mut files: Vec<_> = ["shared/kit/src/http", "shared/kit/src/auth"]
        .iter()
        .flat_map(|directory| std::fs::read_dir(root.join(directory)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|file| !file.to_str().unwrap().ends_with("tests.rs"))
        .collect();
    for pack in std::fs::read_dir(root.join("functions")).unwrap() {
        let Ok(contexts) = std::fs::read_dir(pack.unwrap().path()) else { continue };
        files.extend(contexts.map(|context| context.unwrap().path().join("src/problem.rs")));
    }
    files.push(root.join("functions/platform/platform/src/api/answer_unknown_route.rs"));
    files.sort();
    let texts = files.iter().filter_map(|file| std::fs::read_to_string(file).ok());
    texts.map(|text| text.split("#[cfg(test)]").next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn the_table_of_problem_codes_is_complete() {
    let documents = crate::documents::documents();
    let documents: Vec<_> = documents.iter().map(crate::documents::Document::json).collect();
    let (rows, sources) = (rows(&documents), sources());
    let without: Vec<_> = rows.keys().map(|(code, _)| code).filter(|code| remedy(code).is_none()).collect();
    assert!(without.is_empty(), "add a remedy to {} for {without:?}", file!());
    let mut page = String::from(
        "# Problem codes\n\nGenerated from the OpenAPI documents by `make bless`. [Concepts](concepts.md#errors) explains the format of errors. \
         Any request, also one to an unknown path, can get the codes of the last table.\n\n\
         | code | status | title | cause | what to do |\n|---|---|---|---|---|\n",
    );
    for ((code, status), row) in &rows {
        let causes: Vec<_> = row.causes.iter().map(String::as_str).collect();
        let (title, remedy) = (title(code, status, &sources), remedy(code).unwrap_or_default());
        writeln!(page, "| `{code}` | {status} | {title} | {} | {remedy} |", causes.join("; ")).unwrap();
    }
    page.push_str("\n## Any request\n\n| code | status | title | what to do |\n|---|---|---|---|\n");
    for (code, status) in ANYWHERE {
        writeln!(
            page,
            "| `{code}` | {status} | {} | {} |",
            title(code, status, &sources),
            remedy(code).unwrap_or_default()
        )
        .unwrap();
    }
    bless::check("docs/problem-codes.md", &page);
}

#[test]
fn codes_are_read_from_descriptions_with_their_causes() {
    let text = "`a.missing`, `a.b_c`: the key; see `Retry-After`";
    let found = [("a.missing", ""), ("a.b_c", "the key; see `Retry-After`")];
    assert_eq!(codes(text), found.map(|(code, cause)| (code.to_owned(), cause.to_owned())));
    assert_eq!(codes("Created; the `ETag` has the version"), []);
}

#[test]
fn a_code_without_a_remedy_is_noticed() {
    assert_eq!(remedy("orders.unheard_of"), None);
    assert!(remedy("orders.no_such_order").is_some() && remedy("orders.code_taken").is_some());
}

/// Codes of `kit`, and of the function that answers unknown routes, are not documented by a context.
/// Clients handle such a condition in one place, whichever operation meets it.
#[test]
fn conditions_that_every_context_can_meet_have_one_code() {
    const SHARED: [&str; 6] =
        ["email_unverified", "key_reused", "limit_exceeded", "session_ended", "suspended", "version_changed"];
    let documents: Vec<_> = crate::documents::documents().iter().map(crate::documents::Document::json).collect();
    let rows = rows(&documents);
    let codes: BTreeSet<&str> = rows.keys().map(|(code, _)| code.as_str()).collect();
    for condition in SHARED {
        let of_it: Vec<_> = codes.iter().filter(|code| code.ends_with(condition)).collect();
        let is_shared = of_it.iter().all(|code| code.starts_with("auth.") || code.starts_with("request."));
        assert!(of_it.len() == 1 && is_shared, "one code for {condition}, of kit: {of_it:?}");
    }
}

#[test]
fn shared_codes_of_the_sources_are_in_the_table() {
    let documents: Vec<_> = crate::documents::documents().iter().map(crate::documents::Document::json).collect();
    let listed = rows(&documents);
    let is_listed =
        |code: &str| listed.keys().any(|(known, _)| known == code) || ANYWHERE.iter().any(|(known, _)| *known == code);
    let sources = sources();
    let quoted = sources.split('"').filter(|text| {
        let shared = ["auth.", "request.", "service."].iter().find_map(|prefix| text.strip_prefix(prefix));
        shared
            .is_some_and(|code| !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
    });
    let codes: BTreeSet<_> = quoted.collect();
    assert!(codes.contains("request.no_such_route") && codes.contains("auth.forbidden"), "{codes:?}");
    let missing: Vec<_> = codes.into_iter().filter(|code| !is_listed(code) && *code != UNUSED).collect();
    assert!(missing.is_empty(), "list these in ANYWHERE, or in the responses of their operations: {missing:?}");
}
