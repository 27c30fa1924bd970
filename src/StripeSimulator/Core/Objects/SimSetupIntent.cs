namespace ContestPipeline.StripeSimulator.Core;

/// <summary>One attempt to keep a payment method for later charges.</summary>
public sealed record SimSetupIntent(
    string Id, long Created, string ClientSecret, string Usage, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>One of the states of a payment intent, without those in which money moves.</summary>
    public string Status { get; init; } = SimPaymentIntent.RequiresPaymentMethod;

    public string? Customer { get; init; }

    public string? Description { get; init; }

    public string? PaymentMethod { get; init; }

    public SimDecline? LastError { get; init; }

    public string? CancellationReason { get; init; }

    public object ToStripe() => new
    {
        id = Id,
        @object = "setup_intent",
        application = (string?)null,
        automatic_payment_methods = new { allow_redirects = "never", enabled = true },
        cancellation_reason = CancellationReason,
        client_secret = ClientSecret,
        created = Created,
        customer = Customer,
        description = Description,
        flow_directions = (object?)null,
        last_setup_error = LastError is null ? null : new { code = LastError.Code, decline_code = LastError.DeclineCode,
            message = LastError.Message, type = "card_error" },
        latest_attempt = (string?)null,
        livemode = false,
        mandate = (string?)null,
        metadata = Metadata,
        next_action = Status == SimPaymentIntent.RequiresAction
            ? new { type = "use_stripe_sdk", use_stripe_sdk = new { type = "three_d_secure_redirect" } } : null,
        on_behalf_of = (string?)null,
        payment_method = PaymentMethod,
        payment_method_options = (object?)null,
        payment_method_types = new[] { "card" },
        single_use_mandate = (string?)null,
        status = Status,
        usage = Usage,
    };
}
