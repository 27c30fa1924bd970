namespace ContestPipeline.StripeSimulator.Core;

/// <summary>What paying with one of Stripe's test payment methods leads to.</summary>
public sealed record TestPaymentMethod
{
    /// <summary>Null when the payment is not declined at once.</summary>
    public SimDecline? Decline { get; init; }

    /// <summary>The payer's bank must be asked first.</summary>
    public bool NeedsAuthentication { get; init; }

    /// <summary>The payer's bank must be asked when it is kept; what is kept is charged without asking again.</summary>
    public bool NeedsAuthenticationOnce { get; init; }

    /// <summary>It can be kept all the same.</summary>
    public bool DeclinesChargesOnly { get; init; }

    /// <summary>Neither yes nor no for the time being.</summary>
    public bool IsSlow { get; init; }

    /// <summary>The money is there at once.</summary>
    public bool BypassesPending { get; init; }

    public bool IsDisputed { get; init; }

    public bool IsWarnedOf { get; init; }

    /// <summary>How refunds of the charge go; null for the simulator's own setting.</summary>
    public string? RefundMode { get; init; }

    private static readonly Dictionary<string, TestPaymentMethod> Known = new(StringComparer.Ordinal)
    {
        ["pm_card_visa"] = new(),
        ["pm_card_visa_debit"] = new(),
        ["pm_card_mastercard"] = new(),
        ["pm_card_amex"] = new(),
        ["pm_card_bypassPending"] = new() { BypassesPending = true },
        ["pm_card_createDispute"] = new() { IsDisputed = true },
        ["pm_card_createIssuerFraudRecord"] = new() { IsWarnedOf = true },
        ["pm_card_pendingRefund"] = new() { RefundMode = "pending" },
        ["pm_card_refundFail"] = new() { RefundMode = "failed" },
        ["pm_card_authenticationRequired"] = new() { NeedsAuthentication = true },
        ["pm_card_authenticationRequiredOnSetup"] = new() { NeedsAuthenticationOnce = true },
        ["pm_card_authenticationRequiredSetupForOffSession"] = new() { NeedsAuthenticationOnce = true },
        ["pm_card_chargeCustomerFail"] = Declined("card_declined", "generic_decline", "Your card was declined.") with
        {
            DeclinesChargesOnly = true,
        },
        ["pm_usBankAccount"] = new() { IsSlow = true },
        ["pm_usBankAccount_success"] = new() { IsSlow = true },
        ["pm_usBankAccount_processing"] = new() { IsSlow = true },
        ["pm_card_chargeDeclined"] = Declined("card_declined", "generic_decline", "Your card was declined."),
        ["pm_card_chargeDeclinedInsufficientFunds"] = Declined(
            "card_declined", "insufficient_funds", "Your card has insufficient funds."),
        ["pm_card_chargeDeclinedFraudulent"] = Declined("card_declined", "fraudulent", "Your card was declined."),
        ["pm_card_chargeDeclinedExpiredCard"] = Declined("expired_card", "expired_card", "Your card has expired."),
        ["pm_card_chargeDeclinedIncorrectCvc"] = Declined(
            "incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect."),
        ["pm_card_chargeDeclinedProcessingError"] =
            Declined("processing_error", "processing_error",
                "An error occurred while processing your card. Try again in a little bit."),
    };

    public static SimDecline AuthenticationFailed { get; } =
        new("payment_intent_authentication_failure", null, "The provided payment method has failed authentication.");

    /// <summary>The bank wants to ask the payer, who is not there.</summary>
    public static SimDecline AuthenticationRequired { get; } = new("authentication_required", "authentication_required",
        "Your card was declined. This transaction requires authentication.");

    public static SimDecline SetupNotAuthenticated { get; } =
        new("setup_intent_authentication_failure", null, "The provided payment method has failed authentication.");

    public static SimDecline SlowPaymentFailed { get; } = new("payment_method_provider_decline", null, "The payment failed.");

    public static TestPaymentMethod? Find(string name) => Known.GetValueOrDefault(name);

    private static TestPaymentMethod Declined(string code, string declineCode, string message) =>
        new() { Decline = new(code, declineCode, message) };
}
