using System.Globalization;

namespace ContestPipeline.StripeSimulator.Core;

/// <summary>Payment intents, from the first page to the charge.</summary>
internal sealed class PaymentOperations(Books books, DisputeOperations disputes, PaymentMethodOperations methods)
{
    private const long AmountMinMinor = 50;
    private const long AmountMaxMinor = 99_999_999;
    private const int FeePerThousand = 29;
    private const long FeeFixedMinor = 30;

    private static readonly ParameterCheck OfCreate = new(
        [
            "amount!#", "currency!", "capture_method", "confirm", "confirmation_method", "customer", "description",
            "error_on_requires_action", "off_session", "payment_method", "receipt_email", "return_url", "setup_future_usage",
            "statement_descriptor", "statement_descriptor_suffix", "transfer_group",
        ],
        ["automatic_payment_methods", "metadata", "expand", "payment_method_options", "radar_options", "shipping"]);

    private static readonly ParameterCheck OfUpdate = new(
        ["amount#", "currency", "customer", "description", "payment_method", "receipt_email", "setup_future_usage",
            "transfer_group"],
        ["metadata", "expand", "payment_method_options", "shipping"]);

    private static readonly ParameterCheck OfConfirm = new(
        ["error_on_requires_action", "off_session", "payment_method", "receipt_email", "return_url", "setup_future_usage",
            "capture_method"],
        ["expand", "payment_method_options", "radar_options", "shipping"]);

    private static readonly ParameterCheck OfCancel = new(["cancellation_reason"], ["expand"]);
    private static readonly ParameterCheck OfGet = new(["client_secret"], ["expand"]);
    private static readonly ParameterCheck OfList = ParameterCheck.List("customer", "customer_account");

    /// <summary>How long the money of a card payment stays pending.</summary>
    public long AvailableInSeconds { get; set; } = 2L * 24 * 60 * 60;

    public SimResponse Create(FormParameters parameters, long now)
    {
        if (OfCreate.Refusal(parameters) is { } refusal) return refusal;
        var amountMinor = parameters.Whole("amount")!.Value;
        if (AmountRefusal(amountMinor) is { } badAmount) return badAmount;
        var currency = parameters["currency"]!.ToLowerInvariant();
        if (currency.Length != 3) return StripeErrors.Invalid("currency", $"Invalid currency: {currency}.");
        if (parameters["capture_method"] is "manual")
            return StripeErrors.Invalid("capture_method", "This simulator captures every payment at once.");
        var confirm = parameters.IsTrue("confirm");
        if (methods.Refusal(parameters["payment_method"], parameters["customer"]) is { } badMethod) return badMethod;
        if (methods.CustomerRefusal(parameters["customer"]) is { } nobody) return nobody;
        if (!confirm && parameters["off_session"] is not null)
            return StripeErrors.Invalid("off_session", "You can only use `off_session` when `confirm` is set to true.");
        if (!confirm && parameters["error_on_requires_action"] is not null)
            return StripeErrors.Invalid(
                "error_on_requires_action", "You can only use `error_on_requires_action` when `confirm` is set to true.");

        var id = books.NextId("pi");
        var intent = new SimPaymentIntent(
            id, now, amountMinor, currency, $"{id}_secret_{books.NextSecret("client_secret")[..24]}",
            parameters["transfer_group"], parameters.Children("metadata"))
        {
            Description = parameters["description"],
            Customer = parameters["customer"],
            ReceiptEmail = parameters["receipt_email"],
            PaymentMethod = parameters["payment_method"],
            SetupFutureUsage = parameters["setup_future_usage"],
            Status = parameters["payment_method"] is null
                ? SimPaymentIntent.RequiresPaymentMethod : SimPaymentIntent.RequiresConfirmation,
        };
        books.PaymentIntents.Add(id, intent);
        books.Emit(now, "payment_intent.created", intent.ToStripe());
        return confirm ? Pay(id, parameters["payment_method"], now, IsOffSession(parameters)) : StripeState.Ok(intent.ToStripe());
    }

    public SimResponse Update(string id, FormParameters parameters, long now)
    {
        if (OfUpdate.Refusal(parameters) is { } refusal) return refusal;
        if (books.PaymentIntents.Find(id) is not { } intent) return StripeErrors.NoSuch("payment_intent", id, "intent");
        if (intent.Status is SimPaymentIntent.Succeeded or SimPaymentIntent.Canceled
            && parameters.Names.Any(name => !name.StartsWith("metadata", StringComparison.Ordinal)))
            return StripeErrors.UnexpectedState(intent, "updated");
        if (parameters.Whole("amount") is { } amountMinor && AmountRefusal(amountMinor) is { } badAmount) return badAmount;
        if (methods.CustomerRefusal(parameters["customer"]) is { } nobody) return nobody;
        if (methods.Refusal(parameters["payment_method"], parameters["customer"] ?? intent.Customer) is { } badMethod)
            return badMethod;
        var updated = intent with
        {
            AmountMinor = parameters.Whole("amount") ?? intent.AmountMinor,
            Currency = parameters["currency"]?.ToLowerInvariant() ?? intent.Currency,
            Description = parameters["description"] ?? intent.Description,
            TransferGroup = parameters["transfer_group"] ?? intent.TransferGroup,
            PaymentMethod = parameters["payment_method"] ?? intent.PaymentMethod,
            Customer = parameters["customer"] ?? intent.Customer,
            SetupFutureUsage = parameters["setup_future_usage"] ?? intent.SetupFutureUsage,
            Metadata = parameters.Merge("metadata", intent.Metadata),
        };
        books.PaymentIntents.Replace(id, updated);
        return StripeState.Ok(updated.ToStripe());
    }

    public SimResponse Confirm(string id, FormParameters parameters, long now) =>
        OfConfirm.Refusal(parameters)
        ?? Pay(id, parameters["payment_method"], now, IsOffSession(parameters), parameters["setup_future_usage"]);

    /// <summary>What the payer's front end does with the client secret, or the platform with a payment method it keeps.</summary>
    /// <param name="offSession">The payer is not there and can be asked nothing.</param>
    public SimResponse Pay(
        string id, string? paymentMethod, long now, bool offSession = false, string? setupFutureUsage = null)
    {
        if (books.PaymentIntents.Find(id) is not { } intent) return StripeErrors.NoSuch("payment_intent", id, "intent");
        if (intent.Status
            is not (SimPaymentIntent.RequiresPaymentMethod or SimPaymentIntent.RequiresConfirmation
                or SimPaymentIntent.RequiresAction))
            return StripeErrors.UnexpectedState(intent, "confirmed");
        if ((paymentMethod ?? intent.PaymentMethod) is not { } name)
        {
            return StripeErrors.Business(
                "You cannot confirm this PaymentIntent because it's missing a payment method. To confirm the PaymentIntent "
                    + "with a payment method, " +
                "specify a payment method attached to this customer along with the customer.", "payment_method");
        }

        if (methods.Refusal(name, intent.Customer) is { } badMethod) return badMethod;
        var method = methods.Behaviour(name)!;
        intent = intent with { PaymentMethod = name, LastError = null,
            SetupFutureUsage = setupFutureUsage ?? intent.SetupFutureUsage };
        if (method.Decline is { } decline) return Declined(intent, decline, now);
        var asksPayer = method.NeedsAuthentication
            || (method.NeedsAuthenticationOnce && books.PaymentMethods.Find(name) is not { IsAuthenticated: true });
        if (asksPayer && offSession) return Declined(intent, TestPaymentMethod.AuthenticationRequired, now);
        if (asksPayer)
            return Changed(intent with { Status = SimPaymentIntent.RequiresAction }, "payment_intent.requires_action", now);
        if (method.IsSlow)
        {
            var charge = NewCharge(intent, now, "pending", null);
            return Changed(
                intent with { Status = SimPaymentIntent.Processing, LatestCharge = charge.Id }, "payment_intent.processing", now);
        }

        return Succeed(intent, method, now);
    }

    /// <summary>Ends what waits for a bank or for the payer's proof.</summary>
    public SimResponse Settle(string id, bool succeeded, long now)
    {
        if (books.PaymentIntents.Find(id) is not { } intent) return StripeErrors.NoSuch("payment_intent", id, "intent");
        if (intent.Status is not (SimPaymentIntent.Processing or SimPaymentIntent.RequiresAction))
            return StripeErrors.UnexpectedState(intent, "settled");
        if (succeeded) return Succeed(intent, methods.Behaviour(intent.PaymentMethod!)!, now);
        Declined(intent,
            intent.Status == SimPaymentIntent.Processing
                ? TestPaymentMethod.SlowPaymentFailed : TestPaymentMethod.AuthenticationFailed, now);
        return StripeState.Ok(books.PaymentIntents.Find(id)!.ToStripe());
    }

    public SimResponse Cancel(string id, FormParameters parameters, long now)
    {
        if (OfCancel.Refusal(parameters) is { } refusal) return refusal;
        if (books.PaymentIntents.Find(id) is not { } intent) return StripeErrors.NoSuch("payment_intent", id, "intent");
        if (parameters["cancellation_reason"]
            is not (null or "abandoned" or "duplicate" or "fraudulent" or "requested_by_customer"))
            return StripeErrors.Invalid("cancellation_reason",
                "Invalid cancellation_reason: must be one of abandoned, duplicate, fraudulent, or requested_by_customer");
        if (intent.Status is SimPaymentIntent.Succeeded or SimPaymentIntent.Canceled or SimPaymentIntent.Processing)
            return StripeErrors.UnexpectedState(intent, "canceled");
        var canceled = intent with { Status = SimPaymentIntent.Canceled, CanceledAt = now,
            CancellationReason = parameters["cancellation_reason"] };
        return Changed(canceled, "payment_intent.canceled", now);
    }

    public SimResponse Get(string id, FormParameters parameters) =>
        OfGet.Refusal(parameters)
        ?? (books.PaymentIntents.Find(id) is { } intent
            ? StripeState.Ok(intent.ToStripe()) : StripeErrors.NoSuch("payment_intent", id, "intent"));

    public SimResponse List(FormParameters parameters) =>
        OfList.Refusal(parameters) ?? ListPage.Of(
            "/v1/payment_intents", parameters,
            books.PaymentIntents.All.Where(intent => parameters["customer"] is not { } customer || intent.Customer == customer),
            intent => intent.Id, intent => intent.Created, intent => intent.ToStripe());

    private SimResponse Succeed(SimPaymentIntent intent, TestPaymentMethod method, long now)
    {
        var charge = intent.Status == SimPaymentIntent.Processing
            ? books.Charges.Find(intent.LatestCharge!)! : NewCharge(intent, now, "pending", null);
        var availableOn = method.BypassesPending ? now : now + AvailableInSeconds;
        var feeMinor = (((intent.AmountMinor * FeePerThousand) + 500) / 1000) + FeeFixedMinor;
        var movement = books.Move(now, availableOn, intent.AmountMinor, intent.Currency, "charge", charge.Id, feeMinor);
        if (intent is { SetupFutureUsage: not null, Customer: { } customer }
            && methods.Known(intent.PaymentMethod!, now) is { } used)
            intent = intent with { PaymentMethod = methods.Keep(used, customer, isAuthenticated: true, now).Id };
        charge = charge with { Status = "succeeded", BalanceTransaction = movement.Id, AvailableOn = availableOn };
        books.Charges.Replace(charge.Id, charge);
        books.Emit(now, "charge.succeeded", charge.ToStripe());
        var answer = Changed(intent with { Status = SimPaymentIntent.Succeeded, LatestCharge = charge.Id, LastError = null },
            "payment_intent.succeeded", now);
        if (method.IsWarnedOf) disputes.Warn(charge.Id, "misc", now);
        if (method.IsDisputed) disputes.Open(charge.Id, null, "fraudulent", now);
        return answer;
    }

    /// <summary>Also one_off and recurring, as older clients say.</summary>
    private static bool IsOffSession(FormParameters parameters) =>
        parameters.IsTrue("off_session") || parameters["off_session"] is "one_off" or "recurring";

    private SimResponse Declined(SimPaymentIntent intent, SimDecline decline, long now)
    {
        var charge = intent.Status == SimPaymentIntent.Processing
            ? books.Charges.Find(intent.LatestCharge!)! with { Status = "failed", Failure = decline }
            : NewCharge(intent, now, "failed", decline);
        books.Charges.Replace(charge.Id, charge);
        books.Emit(now, "charge.failed", charge.ToStripe());
        var failed = intent with { Status = SimPaymentIntent.RequiresPaymentMethod, PaymentMethod = null,
            LatestCharge = charge.Id, LastError = decline };
        Changed(failed, "payment_intent.payment_failed", now);
        return StripeErrors.CardDeclined(failed);
    }

    private SimCharge NewCharge(SimPaymentIntent intent, long now, string status, SimDecline? failure)
    {
        var charge = new SimCharge(
            books.NextId("ch"), now, intent.AmountMinor, intent.Currency, intent.Id, intent.PaymentMethod!, intent.TransferGroup,
            intent.Metadata)
        {
            Status = status, Failure = failure, Customer = intent.Customer, Description = intent.Description,
        };
        books.Charges.Add(charge.Id, charge);
        return charge;
    }

    private SimResponse Changed(SimPaymentIntent intent, string eventType, long now)
    {
        books.PaymentIntents.Replace(intent.Id, intent);
        books.Emit(now, eventType, intent.ToStripe());
        return StripeState.Ok(intent.ToStripe());
    }

    private static SimResponse? AmountRefusal(long amountMinor) => amountMinor switch
    {
        < AmountMinMinor => StripeErrors.AmountTooSmall(AmountMinMinor),
        > AmountMaxMinor => StripeErrors.AmountTooLarge(string.Create(CultureInfo.InvariantCulture, $"{AmountMaxMinor}")),
        _ => null,
    };
}
