namespace ContestPipeline.StripeSimulator.Core;

/// <summary>Charges, to be read, and their refunds.</summary>
internal sealed class ChargeOperations(Books books)
{
    private const string Unfunded = "insufficient_funds";

    public static readonly string[] RefundModes = ["succeeded", "pending", Unfunded, "failed"];

    private static readonly ParameterCheck OfGet = new([], ["expand"]);
    private static readonly ParameterCheck OfList = ParameterCheck.List("customer", "payment_intent", "transfer_group");
    private static readonly ParameterCheck OfRefund = new(
        ["amount#", "charge", "payment_intent", "reason"], ["metadata", "expand"]);
    private static readonly ParameterCheck OfRefunds = ParameterCheck.List("charge", "payment_intent");

    /// <summary>
    /// What becomes of a refund: succeeded, pending until an operator settles it, the same for want of money, or failed after it
    /// had succeeded.
    /// </summary>
    public string RefundMode { get; set; } = "succeeded";

    public SimResponse Get(string id, FormParameters parameters) =>
        OfGet.Refusal(parameters)
            ?? (books.Charges.Find(id) is { } charge ? StripeState.Ok(charge.ToStripe()) : StripeErrors.NoSuch("charge", id));

    public SimResponse List(FormParameters parameters) =>
        OfList.Refusal(parameters) ?? ListPage.Of(
            "/v1/charges", parameters,
            books.Charges.All.Where(charge =>
                (parameters["customer"] is not { } customer || charge.Customer == customer)
                && (parameters["payment_intent"] is not { } intent || charge.PaymentIntent == intent)
                && (parameters["transfer_group"] is not { } group || charge.TransferGroup == group)),
            charge => charge.Id, charge => charge.Created, charge => charge.ToStripe());

    public SimResponse GetRefund(string id, FormParameters parameters) =>
        OfGet.Refusal(parameters)
            ?? (books.Refunds.Find(id) is { } refund ? StripeState.Ok(refund.ToStripe()) : StripeErrors.NoSuch("refund", id));

    public SimResponse ListRefunds(FormParameters parameters) =>
        OfRefunds.Refusal(parameters) ?? ListPage.Of(
            "/v1/refunds", parameters,
            books.Refunds.All.Where(refund =>
                (parameters["charge"] is not { } charge || refund.Charge == charge)
                && (parameters["payment_intent"] is not { } intent || refund.PaymentIntent == intent)),
            refund => refund.Id, refund => refund.Created, refund => refund.ToStripe());

    /// <summary>The fee stays with Stripe. What is given back comes from the same money: pending while the charge is.</summary>
    public SimResponse Refund(FormParameters parameters, long now)
    {
        if (OfRefund.Refusal(parameters) is { } refusal) return refusal;
        if (parameters["reason"] is not (null or "duplicate" or "fraudulent" or "requested_by_customer"))
            return StripeErrors.Invalid(
                "reason", "Invalid reason: must be one of duplicate, fraudulent, or requested_by_customer");
        if (!TryFindCharge(parameters, out var charge, out var notFound)) return notFound;
        if (charge.Status != "succeeded")
            return StripeErrors.Business($"Charge {charge.Id} cannot be refunded because it was not successful.");
        if (charge.Dispute is not null) return StripeErrors.ChargeDisputed(charge.Id);
        if (charge.UnrefundedMinor == 0) return StripeErrors.AlreadyRefunded(charge.Id);
        var amountMinor = parameters.Whole("amount") ?? charge.UnrefundedMinor;
        if (amountMinor < 1) return StripeErrors.Invalid("amount", "This value must be greater than or equal to 1.");
        if (amountMinor > charge.UnrefundedMinor) return StripeErrors.RefundTooLarge(amountMinor, charge.UnrefundedMinor);

        var behaviour = books.PaymentMethods.Find(charge.PaymentMethod)?.Behaviour ?? charge.PaymentMethod;
        var mode = TestPaymentMethod.Find(behaviour)?.RefundMode ?? RefundMode;
        var id = books.NextId("re");
        var movement = mode == Unfunded ? null : Move(id, charge, -amountMinor, "refund", now);
        var refund = new SimRefund(
            id, now, amountMinor, charge.Currency, charge.Id, charge.PaymentIntent, parameters["reason"], movement,
            parameters.Children("metadata"))
        {
            Status = mode is "pending" or Unfunded ? "pending" : "succeeded",
            PendingReason = mode == Unfunded ? Unfunded : "processing",
        };
        charge = charge with { RefundedMinor = charge.RefundedMinor + amountMinor };
        books.Charges.Replace(charge.Id, charge);
        books.Refunds.Add(id, refund);
        books.Emit(now, "refund.created", refund.ToStripe());
        books.Emit(now, "charge.refunded", charge.ToStripe());
        if (mode == "failed") SettleRefund(id, succeeded: false, "expired_or_canceled_card", now);
        return StripeState.Ok(refund.ToStripe());
    }

    /// <summary>
    /// A pending refund ends either way; one that has succeeded can still fail, and the money comes back to the platform.
    /// </summary>
    public SimResponse SettleRefund(string id, bool succeeded, string failureReason, long now)
    {
        if (books.Refunds.Find(id) is not { } refund) return StripeErrors.NoSuch("refund", id);
        if (refund.Status == "failed" || (succeeded && refund.Status != "pending"))
            return StripeErrors.Business($"Refund {id} is {refund.Status} and cannot change any more that way.");
        var charge = books.Charges.Find(refund.Charge)!;
        if (succeeded)
        {
            refund = refund with { Status = "succeeded",
                BalanceTransaction = refund.BalanceTransaction ?? Move(id, charge, -refund.AmountMinor, "refund", now) };
            books.Refunds.Replace(id, refund);
            books.Emit(now, "refund.updated", refund.ToStripe());
            return StripeState.Ok(refund.ToStripe());
        }

        var movement = refund.BalanceTransaction is null
            ? null : Move(id, charge, refund.AmountMinor, "refund_failure", now, "refund_failure");
        refund = refund with { Status = "failed", FailureReason = failureReason, FailureBalanceTransaction = movement };
        charge = charge with { RefundedMinor = charge.RefundedMinor - refund.AmountMinor };
        books.Refunds.Replace(id, refund);
        books.Charges.Replace(charge.Id, charge);
        books.Emit(now, "refund.updated", refund.ToStripe());
        books.Emit(now, "refund.failed", refund.ToStripe());
        books.Emit(now, "charge.updated", charge.ToStripe());
        return StripeState.Ok(refund.ToStripe());
    }

    /// <returns>The id of the movement: of the same money as the charge, so pending while that is.</returns>
    private string Move(string id, SimCharge charge, long amountMinor, string type, long now, string? category = null) =>
        books.Move(now, Math.Max(now, charge.AvailableOn), amountMinor, charge.Currency, type, id, category: category).Id;

    private bool TryFindCharge(FormParameters parameters, out SimCharge charge, out SimResponse refusal)
    {
        (charge, refusal) = (null!, null!);
        switch (parameters["charge"], parameters["payment_intent"])
        {
            case (null, null):
                refusal = StripeErrors.Business(
                    "One of the following params should be provided for this request: payment_intent or charge.");
                return false;
            case ({ }, { }):
                refusal = StripeErrors.Business("You can only specify one of these parameters: charge, payment_intent.");
                return false;
            case ({ } id, null):
                charge = books.Charges.Find(id)!;
                refusal = StripeErrors.NoSuch("charge", id, "charge");
                return charge is not null;
            case (null, { } id):
                if (books.PaymentIntents.Find(id) is not { } intent)
                {
                    refusal = StripeErrors.NoSuch("payment_intent", id, "payment_intent");
                    return false;
                }

                charge = intent.LatestCharge is { } latest ? books.Charges.Find(latest)! : null!;
                refusal = StripeErrors.Business(
                    $"This PaymentIntent ({id}) does not have a successful charge to refund.", "payment_intent");
                return charge is { Status: "succeeded" };
        }
    }
}
