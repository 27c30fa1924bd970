namespace ContestPipeline.Contracts;

/// <summary>
/// The types of Stripe events that the pipeline acts on or records; every other type stays on the topic for others.
/// </summary>
/// <remarks>What the webhook endpoints at Stripe are subscribed to, and what the sweep looks for.</remarks>
public static class StripeEventTypes
{
    public const string AccountUpdated = "account.updated";
    public const string AccountDeauthorized = "account.application.deauthorized";
    public const string BalanceAvailable = "balance.available";
    public const string CapabilityUpdated = "capability.updated";
    public const string ChargeRefunded = "charge.refunded";
    public const string DisputeCreated = "charge.dispute.created";
    public const string DisputeUpdated = "charge.dispute.updated";
    public const string DisputeClosed = "charge.dispute.closed";
    public const string DisputeFundsWithdrawn = "charge.dispute.funds_withdrawn";
    public const string DisputeFundsReinstated = "charge.dispute.funds_reinstated";
    public const string FraudWarningCreated = "radar.early_fraud_warning.created";
    public const string FraudWarningUpdated = "radar.early_fraud_warning.updated";
    public const string PaymentSucceeded = "payment_intent.succeeded";
    public const string PaymentFailed = "payment_intent.payment_failed";
    public const string PaymentCanceled = "payment_intent.canceled";
    public const string PaymentCreated = "payment_intent.created";
    public const string PaymentProcessing = "payment_intent.processing";
    public const string PaymentRequiresAction = "payment_intent.requires_action";
    public const string BankPayoutCreated = "payout.created";
    public const string BankPayoutUpdated = "payout.updated";
    public const string BankPayoutPaid = "payout.paid";
    public const string BankPayoutFailed = "payout.failed";
    public const string BankPayoutCanceled = "payout.canceled";
    public const string RefundCreated = "refund.created";
    public const string RefundUpdated = "refund.updated";
    public const string RefundFailed = "refund.failed";
    public const string TransferCreated = "transfer.created";
    public const string TransferUpdated = "transfer.updated";
    public const string TransferReversed = "transfer.reversed";

    /// <summary>
    /// Named in old documents; Stripe has not sent it since 2017. Recorded and ignored, and never subscribed to: Stripe would
    /// refuse the name.
    /// </summary>
    public const string TransferPaid = "transfer.paid";

    /// <inheritdoc cref="TransferPaid"/>
    public const string TransferFailed = "transfer.failed";

    /// <summary>What happens on the platform's own account.</summary>
    public static IReadOnlyList<string> Platform { get; } =
    [
        BalanceAvailable, ChargeRefunded, DisputeCreated, DisputeUpdated, DisputeClosed, DisputeFundsWithdrawn,
        DisputeFundsReinstated, FraudWarningCreated, FraudWarningUpdated, PaymentSucceeded, PaymentFailed, PaymentCanceled,
        PaymentCreated, PaymentProcessing, PaymentRequiresAction, RefundCreated, RefundUpdated, RefundFailed, TransferCreated,
        TransferUpdated, TransferReversed,
    ];

    /// <summary>What happens on players' connected accounts.</summary>
    public static IReadOnlyList<string> Connected { get; } =
    [
        AccountUpdated, AccountDeauthorized, CapabilityUpdated, BankPayoutCreated, BankPayoutUpdated, BankPayoutPaid,
        BankPayoutFailed, BankPayoutCanceled,
    ];

    /// <summary>Everything that is not left alone.</summary>
    public static IReadOnlyList<string> Handled { get; } = [.. Platform, .. Connected, TransferPaid, TransferFailed];
}
