namespace ContestPipeline.StripeSimulator.Core;

/// <summary>Why the latest attempt to pay failed, in Stripe's words.</summary>
public sealed record SimDecline(string Code, string? DeclineCode, string Message);

/// <summary>One attempt to collect money.</summary>
public sealed record SimPaymentIntent(
    string Id, long Created, long AmountMinor, string Currency, string ClientSecret, string? TransferGroup,
    IReadOnlyDictionary<string, string> Metadata)
{
    public const string Canceled = "canceled";
    public const string Processing = "processing";
    public const string RequiresAction = "requires_action";
    public const string RequiresConfirmation = "requires_confirmation";
    public const string RequiresPaymentMethod = "requires_payment_method";
    public const string Succeeded = "succeeded";

    public string Status { get; init; } = RequiresPaymentMethod;

    public string? Description { get; init; }

    public string? Customer { get; init; }

    public string? ReceiptEmail { get; init; }

    public string? PaymentMethod { get; init; }

    /// <summary>off_session or on_session: what is paid with is kept for the customer; null: it is not.</summary>
    public string? SetupFutureUsage { get; init; }

    public string? LatestCharge { get; init; }

    public SimDecline? LastError { get; init; }

    public long? CanceledAt { get; init; }

    public string? CancellationReason { get; init; }

    public object ToStripe() => new
    {
        id = Id,
        @object = "payment_intent",
        amount = AmountMinor,
        amount_capturable = 0,
        amount_details = new { tip = new { } },
        amount_received = Status == Succeeded ? AmountMinor : 0,
        application = (string?)null,
        application_fee_amount = (long?)null,
        automatic_payment_methods = new { allow_redirects = "never", enabled = true },
        canceled_at = CanceledAt,
        cancellation_reason = CancellationReason,
        capture_method = "automatic_async",
        client_secret = ClientSecret,
        confirmation_method = "automatic",
        created = Created,
        currency = Currency,
        customer = Customer,
        description = Description,
        last_payment_error = LastError is null ? null : new
        {
            charge = LatestCharge,
            code = LastError.Code,
            decline_code = LastError.DeclineCode,
            doc_url = $"https://stripe.com/docs/error-codes/{LastError.Code.Replace('_', '-')}",
            message = LastError.Message,
            type = "card_error",
        },
        latest_charge = LatestCharge,
        livemode = false,
        metadata = Metadata,
        next_action = Status == RequiresAction
            ? new { type = "use_stripe_sdk", use_stripe_sdk = new { type = "three_d_secure_redirect" } } : null,
        on_behalf_of = (string?)null,
        payment_method = PaymentMethod,
        payment_method_types = new[] { "card" },
        processing = (object?)null,
        receipt_email = ReceiptEmail,
        setup_future_usage = SetupFutureUsage,
        shipping = (object?)null,
        statement_descriptor = (string?)null,
        status = Status,
        transfer_group = TransferGroup,
    };
}
