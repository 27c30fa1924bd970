namespace ContestPipeline.StripeSimulator.Core;

/// <summary>The operator as payer, as the payer's bank, and as the one who fills the platform's balance.</summary>
internal sealed class AdminMoney(Books books, AllOperations operations)
{
    private const string PaymentMethodDefault = "pm_card_visa";

    /// <returns>Null when the command is none about money.</returns>
    public SimResponse? Execute(string[] segments, AdminBody body, long now) => segments switch
    {
        ["funds"] => Funds(body, now),
        ["movements"] => Movement(body, now),
        ["payments"] => Settings(body),
        ["payment_intents", var id, "pay"] =>
            operations.Payments.Pay(IntentOf(id), body.Text("payment_method") ?? PaymentMethodDefault, now),
        ["payment_intents", var id, "settle"] =>
            Outcome(
                body, ["succeeded", "failed"], outcome => operations.Payments.Settle(IntentOf(id), outcome == "succeeded", now)),
        ["setup_intents", var id, "confirm"] =>
            operations.SetupIntents.SetUp(IntentOf(id), body.Text("payment_method") ?? PaymentMethodDefault, now),
        ["setup_intents", var id, "settle"] => Outcome(
            body, ["succeeded", "failed"], outcome => operations.SetupIntents.Settle(IntentOf(id), outcome == "succeeded", now)),
        ["refunds", var id, "settle"] => Outcome(
            body, ["succeeded", "failed"],
            outcome => operations.Charges.SettleRefund(
                id, outcome == "succeeded", body.Text("failure_reason") ?? "expired_or_canceled_card", now)),
        ["disputes"] =>
            Subject(body,
                subject =>
                    operations.Disputes.Open(subject, body.Whole("amount_minor"), body.Text("reason") ?? "fraudulent", now)),
        ["disputes", var id, "close"] =>
            Outcome(body, ["won", "lost"], outcome => operations.Disputes.Decide(id, outcome == "won", now)),
        ["early_fraud_warnings"] =>
            Subject(body, subject => operations.Disputes.Warn(subject, body.Text("fraud_type") ?? "misc", now)),
        _ => null,
    };

    private SimResponse Funds(AdminBody body, long now)
    {
        if (body.Whole("amount_minor") is not { } amountMinor) return AdminOperations.Refused("amount_minor is missing");
        var availableOn = now + (body.Whole("available_in_seconds") ?? 0);
        books.Move(now, availableOn, amountMinor, body.Text("currency") ?? "usd", amountMinor < 0 ? "topup_reversal" : "topup",
            books.NextId("tu"));
        return StripeState.Ok(books.BalanceToStripe());
    }

    /// <summary>
    /// The balance moves for a reason that is not played otherwise: any of Stripe's types, or one that Stripe does not have yet.
    /// </summary>
    private SimResponse Movement(AdminBody body, long now)
    {
        if (body.Text("type") is not { } type || body.Whole("amount_minor") is not { } amountMinor)
            return AdminOperations.Refused("type or amount_minor is missing");
        var movement = books.Move(
            now, now + (body.Whole("available_in_seconds") ?? 0), amountMinor, body.Text("currency") ?? "usd", type,
            body.Text("source") ?? books.NextId("src"), body.Whole("fee_minor") ?? 0, body.Text("reporting_category"),
            body.Text("description"));
        return StripeState.Ok(movement.ToStripe(now));
    }

    private SimResponse Settings(AdminBody body)
    {
        if (body.Text("refund_mode") is { } mode)
        {
            if (!ChargeOperations.RefundModes.Contains(mode, StringComparer.Ordinal))
                return AdminOperations.Refused($"refund_mode must be one of {string.Join(", ", ChargeOperations.RefundModes)}");
            operations.Charges.RefundMode = mode;
        }

        if (body.Whole("available_in_seconds") is { } seconds) operations.Payments.AvailableInSeconds = Math.Max(0, seconds);
        return StripeState.Ok(new { available_in_seconds = operations.Payments.AvailableInSeconds,
            refund_mode = operations.Charges.RefundMode });
    }

    private static SimResponse Outcome(AdminBody body, string[] outcomes, Func<string, SimResponse> act) =>
        body.Text("outcome") is { } outcome && outcomes.Contains(outcome, StringComparer.Ordinal)
            ? act(outcome)
            : AdminOperations.Refused($"outcome must be {string.Join(" or ", outcomes)}");

    private static SimResponse Subject(AdminBody body, Func<string, SimResponse> act) =>
        (body.Text("charge") ?? body.Text("payment_intent")) is { } subject
            ? act(subject) : AdminOperations.Refused("charge or payment_intent is missing");

    /// <summary>A payer's front end knows only the client secret.</summary>
    private static string IntentOf(string idOrSecret) => idOrSecret.Split("_secret_")[0];
}
