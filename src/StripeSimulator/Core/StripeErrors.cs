using System.Text.Json;

namespace ContestPipeline.StripeSimulator.Core;

/// <summary>Stripe's refusals, in Stripe's words.</summary>
public static class StripeErrors
{
    public static SimResponse Unauthorized(string message) =>
        Error(401, "invalid_request_error", null, message, null, saved: false);

    /// <summary>The account does not exist, or is not connected any more: Stripe does not say which.</summary>
    public static SimResponse NoAccess(string account) => Error(
        403, "invalid_request_error", "account_invalid",
        $"The provided key does not have access to account '{account}' (or that account does not exist). Application access "
            + $"may have been revoked.",
        null, saved: false);

    public static SimResponse UnknownUrl(string method, string path) =>
        Error(404, "invalid_request_error", null, $"Unrecognized request URL ({method}: {path}).", null, saved: false);

    public static SimResponse UnknownParameter(string name) =>
        Error(400, "invalid_request_error", "parameter_unknown", $"Received unknown parameter: {name}", name, saved: false);

    public static SimResponse MissingParameter(string name) =>
        Error(400, "invalid_request_error", "parameter_missing", $"Missing required param: {name}.", name, saved: false);

    public static SimResponse InvalidInteger(string name, string value) =>
        Error(400, "invalid_request_error", "parameter_invalid_integer", $"Invalid integer: {value}", name, saved: false);

    public static SimResponse Invalid(string name, string message) =>
        Error(400, "invalid_request_error", null, message, name, saved: false);

    public static SimResponse NoSuch(string kind, string id, string parameter = "id", int status = 404) =>
        Error(status, "invalid_request_error", "resource_missing", $"No such {kind}: '{id}'", parameter, saved: false);

    /// <summary>Raised in execution, so an idempotency key keeps replaying it even after the money has come.</summary>
    public static SimResponse InsufficientBalance() => Error(
        400, "invalid_request_error", "balance_insufficient",
        "You have insufficient available funds in your Stripe account. Try adding funds directly to your available balance by "
            + "creating Charges " +
        "using the 4000000000000077 test card. See: https://stripe.com/docs/testing#available-balance", null);

    public static SimResponse DestinationBalanceInsufficient() => Error(
        400, "invalid_request_error", "balance_insufficient",
        "The destination account has insufficient funds in its balance to reverse this transfer.", null);

    public static SimResponse CapabilityMissing() => Error(
        400, "invalid_request_error", "insufficient_capabilities_for_transfer",
        "Your destination account needs to have at least one of the following capabilities enabled: transfers, "
            + "crypto_transfers, legacy_payments", null);

    public static SimResponse Business(string message, string? parameter = null) =>
        Error(400, "invalid_request_error", null, message, parameter);

    public static SimResponse KeyUsedWithOtherParameters(string key) => Error(
        400, "idempotency_error", null,
        "Keys for idempotent requests can only be used with the same parameters they were first used with. " +
        $"Try using a key other than '{key}' if you meant to execute a different request.", null, saved: false);

    public static SimResponse KeyUsedForOtherEndpoint(string key, string path, string firstPath) => Error(
        400, "idempotency_error", null,
        $"Keys for idempotent requests can only be used for the same endpoint they were first used for ('{path}' vs "
            + $"'{firstPath}'). " +
        $"Try using a key other than '{key}' if you meant to execute a different request.", null, saved: false);

    public static SimResponse KeyTooLong() =>
        Error(400, "idempotency_error", null, "Idempotency keys may be at most 255 characters long.", null, saved: false);

    public static SimResponse KeyInUse(string key) => Error(
        409, "invalid_request_error", "idempotency_key_in_use",
        $"There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, "
            + $"and the other " +
        $"request is still going through): {key}. Please try again later.", null, saved: false);

    public static SimResponse RateLimited(string? reason)
    {
        var refusal = Error(
            429, "invalid_request_error", "rate_limit",
            "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.", null,
            saved: false);
        return reason is null
            ? refusal : refusal with { Headers = new Dictionary<string, string> { ["Stripe-Rate-Limited-Reason"] = reason } };
    }

    public static SimResponse LockTimeout() => Error(
        429, "invalid_request_error", "lock_timeout",
        "This object cannot be accessed right now because another API request or Stripe process is currently accessing it.", null,
        saved: false) with
    {
        Headers = new Dictionary<string, string> { ["Stripe-Should-Retry"] = "true" },
    };

    public static SimResponse ServerError() =>
        Error(500, "api_error", null, "An unknown error occurred; contact support@stripe.com.", null);

    public static SimResponse AmountTooSmall(long minMinor) => Error(
        400, "invalid_request_error", "amount_too_small", $"Amount must be at least ${minMinor / 100}.{minMinor % 100:D2} usd",
        "amount", saved: false);

    public static SimResponse AmountTooLarge(string maxMinor) => Error(
        400, "invalid_request_error", "amount_too_large", $"Amount must be no more than {maxMinor}", "amount", saved: false);

    /// <summary>Status 402, with the payment intent as it is now.</summary>
    public static SimResponse CardDeclined(SimPaymentIntent intent) => new(402, JsonSerializer.Serialize(new
    {
        error = new
        {
            charge = intent.LatestCharge,
            code = intent.LastError!.Code,
            decline_code = intent.LastError.DeclineCode,
            doc_url = DocUrl(intent.LastError.Code),
            message = intent.LastError.Message,
            payment_intent = intent.ToStripe(),
            type = "card_error",
        },
    }));

    /// <summary>Status 402 where no payment was tried; with the setup intent as it is now.</summary>
    public static SimResponse CardRefused(SimDecline decline, SimSetupIntent? setup = null)
    {
        var error = new Dictionary<string, object?>
        {
            ["code"] = decline.Code, ["decline_code"] = decline.DeclineCode, ["doc_url"] = DocUrl(decline.Code),
            ["message"] = decline.Message, ["type"] = "card_error",
        };
        if (setup is not null) error["setup_intent"] = setup.ToStripe();
        return new SimResponse(402, JsonSerializer.Serialize(new { error }));
    }

    public static SimResponse UnexpectedSetupState(SimSetupIntent intent, string verb) => new(400, JsonSerializer.Serialize(new
    {
        error = new
        {
            code = "setup_intent_unexpected_state",
            doc_url = DocUrl("setup_intent_unexpected_state"),
            message = $"This SetupIntent could not be {verb} because it has a status of {intent.Status}.",
            setup_intent = intent.ToStripe(),
            type = "invalid_request_error",
        },
    }));

    public static SimResponse OfAnotherCustomer(string method) => Business(
        $"The PaymentMethod {method} belongs to a Customer. To use it, name that Customer with the request.", "payment_method");

    public static SimResponse MethodSpent() => Business(
        "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a "
            + "connected account without Customer attachment, or was detached from a Customer. It may not be used again.");

    public static SimResponse UnexpectedState(SimPaymentIntent intent, string verb) => new(400, JsonSerializer.Serialize(new
    {
        error = new
        {
            code = "payment_intent_unexpected_state",
            doc_url = DocUrl("payment_intent_unexpected_state"),
            message = $"This PaymentIntent could not be {verb} because it has a status of {intent.Status}.",
            payment_intent = intent.ToStripe(),
            type = "invalid_request_error",
        },
    }));

    public static SimResponse AlreadyRefunded(string charge) =>
        Error(400, "invalid_request_error", "charge_already_refunded", $"Charge {charge} has already been refunded.", null);

    public static SimResponse RefundTooLarge(long askedMinor, long leftMinor) => Error(
        400, "invalid_request_error", null,
        $"Refund amount ({Dollars(askedMinor)}) is greater than unrefunded amount on charge ({Dollars(leftMinor)})", "amount");

    public static SimResponse ChargeDisputed(string charge) => Error(
        400, "invalid_request_error", "charge_disputed", $"Charge {charge} has been charged back; cannot issue a refund.", null);

    public static SimResponse PayoutsNotAllowed() => Error(
        400, "invalid_request_error", "payouts_not_allowed", "Payouts have been disabled on this account.", null);

    public static SimResponse CannotExpand(string path, string message) =>
        Error(400, "invalid_request_error", null, message, $"expand[{path}]", saved: false);

    /// <summary>An error as the table of answers has it.</summary>
    public static SimResponse Of(TableAnswer answer, bool saved) => Error(
        answer.Status, answer.Type ?? "api_error", answer.Code, $"The simulator was told to answer {answer.Name}.",
        answer.Parameter, saved);

    private static SimResponse Error(int status, string type, string? code, string message, string? parameter, bool saved = true)
    {
        var error = new Dictionary<string, string> { ["type"] = type, ["message"] = message };
        if (code is not null)
        {
            error["code"] = code;
            error["doc_url"] = DocUrl(code);
        }

        if (parameter is not null) error["param"] = parameter;
        return new SimResponse(status, JsonSerializer.Serialize(new { error }), saved);
    }

    private static string DocUrl(string code) => $"https://stripe.com/docs/error-codes/{code.Replace('_', '-')}";

    private static string Dollars(long minor) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"${minor / 100}.{minor % 100:D2}");
}
