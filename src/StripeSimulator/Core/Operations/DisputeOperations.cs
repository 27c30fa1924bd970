namespace ContestPipeline.StripeSimulator.Core;

/// <summary>Disputes and early fraud warnings. Banks open and decide them; here an operator does.</summary>
internal sealed class DisputeOperations(Books books)
{
    private const long FeeMinor = 1_500;

    private static readonly ParameterCheck OfGet = new([], ["expand"]);
    private static readonly ParameterCheck OfList = ParameterCheck.List("charge", "payment_intent");

    /// <summary>Takes the amount and a fee from the platform at once, even below zero.</summary>
    public SimResponse Open(string chargeId, long? amountMinor, string reason, long now)
    {
        if (Disputable(chargeId, out var charge) is { } refusal) return refusal;
        if (charge.Dispute is not null) return StripeErrors.Business($"Charge {charge.Id} is already disputed.");
        var disputedMinor = amountMinor ?? charge.AmountMinor;
        if (disputedMinor < 1 || disputedMinor > charge.AmountMinor)
            return StripeErrors.Invalid("amount", $"A dispute is about 1 to {charge.AmountMinor}.");
        var id = books.NextId("du");
        var movement = books.Move(
            now, now, -disputedMinor, charge.Currency, "adjustment", id, FeeMinor, "dispute",
            $"Chargeback withdrawal for {charge.Id}");
        var dispute = new SimDispute(
            id, now, disputedMinor, charge.Currency, charge.Id, charge.PaymentIntent, reason) { Movements = [movement] };
        charge = charge with { Dispute = id };
        books.Charges.Replace(charge.Id, charge);
        books.Disputes.Add(id, dispute);
        books.Emit(now, "charge.dispute.created", dispute.ToStripe(now));
        books.Emit(now, "charge.dispute.funds_withdrawn", dispute.ToStripe(now));
        books.Emit(now, "charge.updated", charge.ToStripe());
        return StripeState.Ok(dispute.ToStripe(now));
    }

    /// <summary>
    /// Won: the amount comes back, the fee does not. What was decided can be decided otherwise afterwards: an appeal of either
    /// side.
    /// </summary>
    public SimResponse Decide(string id, bool won, long now)
    {
        if (books.Disputes.Find(id) is not { } dispute) return StripeErrors.NoSuch("dispute", id);
        var outcome = won ? "won" : "lost";
        if (dispute.Status == outcome) return AlreadyClosed();
        var isMoved = won || dispute.Status == "won";
        dispute = dispute with { Status = outcome };
        if (isMoved)
        {
            var (amountMinor, category, what) = won
                ? (dispute.AmountMinor, "dispute_reversal", "reversal") : (-dispute.AmountMinor, "dispute", "withdrawal");
            var movement = books.Move(now, now, amountMinor, dispute.Currency, "adjustment", id, 0, category,
                $"Chargeback {what} for {dispute.Charge}");
            dispute = dispute with { Movements = [.. dispute.Movements, movement] };
        }

        books.Disputes.Replace(id, dispute);
        books.Emit(now, "charge.dispute.closed", dispute.ToStripe(now));
        if (isMoved)
            books.Emit(now, won ? "charge.dispute.funds_reinstated" : "charge.dispute.funds_withdrawn", dispute.ToStripe(now));
        return StripeState.Ok(dispute.ToStripe(now));
    }

    /// <summary>The platform gives up: the dispute is lost.</summary>
    public SimResponse Close(string id, FormParameters parameters, long now) =>
        OfGet.Refusal(parameters)
            ?? (books.Disputes.Find(id) is { Status: not SimDispute.NeedsResponse }
                ? AlreadyClosed() : Decide(id, won: false, now));

    public SimResponse Get(string id, FormParameters parameters, long now) =>
        OfGet.Refusal(parameters)
            ?? (books.Disputes.Find(id) is { } dispute
                ? StripeState.Ok(dispute.ToStripe(now)) : StripeErrors.NoSuch("dispute", id));

    public SimResponse List(FormParameters parameters, long now) =>
        OfList.Refusal(parameters) ?? ListPage.Of(
            "/v1/disputes", parameters,
            books.Disputes.All.Where(dispute =>
                (parameters["charge"] is not { } charge || dispute.Charge == charge)
                && (parameters["payment_intent"] is not { } intent || dispute.PaymentIntent == intent)),
            dispute => dispute.Id, dispute => dispute.Created, dispute => dispute.ToStripe(now));

    public SimResponse Warn(string chargeId, string fraudType, long now)
    {
        if (Disputable(chargeId, out var charge) is { } refusal) return refusal;
        var warning = new SimFraudWarning(books.NextId("issfr"), now, charge.Id, charge.PaymentIntent, fraudType);
        books.FraudWarnings.Add(warning.Id, warning);
        books.Emit(now, "radar.early_fraud_warning.created", ToStripe(warning));
        return StripeState.Ok(ToStripe(warning));
    }

    public SimResponse GetWarning(string id, FormParameters parameters) =>
        OfGet.Refusal(parameters)
        ?? (books.FraudWarnings.Find(id) is { } warning
            ? StripeState.Ok(ToStripe(warning)) : StripeErrors.NoSuch("early fraud warning", id));

    public SimResponse ListWarnings(FormParameters parameters) =>
        OfList.Refusal(parameters) ?? ListPage.Of(
            "/v1/radar/early_fraud_warnings", parameters,
            books.FraudWarnings.All.Where(warning =>
                (parameters["charge"] is not { } charge || warning.Charge == charge)
                && (parameters["payment_intent"] is not { } intent || warning.PaymentIntent == intent)),
            warning => warning.Id, warning => warning.Created, ToStripe);

    private static SimResponse AlreadyClosed() => StripeErrors.Business("This dispute is already closed.");

    private object ToStripe(SimFraudWarning warning) =>
        warning.ToStripe(books.Charges.Find(warning.Charge) is { UnrefundedMinor: > 0, Dispute: null });

    private SimResponse? Disputable(string id, out SimCharge charge)
    {
        var chargeId = books.PaymentIntents.Find(id)?.LatestCharge ?? id;
        charge = books.Charges.Find(chargeId)!;
        if (charge is null) return StripeErrors.NoSuch("charge", id, "charge");
        return charge.Status == "succeeded" ? null : StripeErrors.Business($"Charge {chargeId} did not succeed.");
    }
}
