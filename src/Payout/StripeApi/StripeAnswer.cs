using Stripe;

namespace ContestPipeline.Payout.StripeApi;

/// <summary>What a call to Stripe means for the money.</summary>
public abstract record StripeAnswer
{
    private StripeAnswer() { }

    /// <summary>The answer in words, for people.</summary>
    public string Words => this switch
    {
        Refused refused => refused.What,
        InsufficientFunds insufficient => insufficient.What,
        AccountNotReady notReady => notReady.What,
        Unknown unknown => unknown.What,
        RetryLater later => later.What,
        KeyConflict conflict => conflict.What,
        _ => "Stripe answered with something else than was asked for",
    };

    /// <summary>The account was read. Answer to reading, never to sending.</summary>
    public sealed record Account(AccountReading Reading) : StripeAnswer;

    /// <summary>The object that was made or read.</summary>
    public sealed record Found(object Object) : StripeAnswer;

    /// <summary>No money moved and none will under this key.</summary>
    /// <param name="Code">Stripe's error code, an open set; null when it gave none.</param>
    public sealed record Refused(string What, string? Code = null) : StripeAnswer;

    /// <summary>
    /// The platform's balance is too small. This key replays the refusal for a day, so the next attempt needs a new one.
    /// </summary>
    public sealed record InsufficientFunds(string What) : StripeAnswer;

    /// <summary>The destination cannot receive transfers now.</summary>
    public sealed record AccountNotReady(string What) : StripeAnswer;

    /// <summary>Nobody knows whether money moved: same key again.</summary>
    public sealed record Unknown(string What) : StripeAnswer;

    /// <summary>Stripe did not take the request up: same key again, and it does not count.</summary>
    /// <param name="Key">What is wrong with the API key; with nothing wrong it is asked again soon.</param>
    public sealed record RetryLater(string What, KeyFault Key = KeyFault.None) : StripeAnswer;

    /// <summary>The key was used for something else before. Never to be repaired by a machine.</summary>
    public sealed record KeyConflict(string What) : StripeAnswer;
}

/// <summary>What is wrong with the API key that a request was made with. A person has to act on each but the first.</summary>
public enum KeyFault
{
    None,

    /// <summary>Stripe does not accept the key: whatever is asked for will be answered so.</summary>
    Refused,

    /// <summary>
    /// The key is good and lacks the permission for this one request: others go on, and this one is made again after minutes.
    /// </summary>
    NotAllowed,
}

/// <summary>A transfer as Stripe shows it.</summary>
/// <param name="MadeAt">When Stripe made it, by Stripe's clock, UTC, whole seconds.</param>
public sealed record TransferFacts(
    string TransferId, long AmountMinor, string Currency, string Destination, string? TransferGroup, string? PayoutIdInMetadata,
    DateTimeOffset MadeAt)
{
    public static TransferFacts Of(Transfer transfer) => new(
        transfer.Id, transfer.Amount, transfer.Currency, transfer.DestinationId, transfer.TransferGroup,
        transfer.Metadata?.GetValueOrDefault("payout_id"),
        transfer.Created.Utc());
}

/// <summary>
/// Sorts Stripe's refusals into the outcome classes. By status and code, never by type alone: types differ between captured
/// answers.
/// </summary>
public static class ClassifyRefusal
{
    /// <param name="refusal">As the client library threw it.</param>
    public static StripeAnswer Of(StripeException refusal)
    {
        var error = refusal.StripeError;
        return Of((int)refusal.HttpStatusCode, error?.Type, error?.Code, error?.Param, error?.Message ?? refusal.Message);
    }

    /// <param name="status">HTTP status.</param>
    /// <param name="type">Stripe's error type; null when the body was no Stripe error.</param>
    /// <param name="code">Stripe's error code, an open set.</param>
    /// <param name="param">The parameter at fault.</param>
    public static StripeAnswer Of(int status, string? type, string? code, string? param, string message)
    {
        var what = $"http {status} {code ?? type ?? "no code"}: {message}";
        if (status == 409 || code is "idempotency_key_in_use" or "lock_timeout" or "rate_limit" || status == 429)
            return new StripeAnswer.RetryLater(what);
        if (status is >= 500 or 408 or 424 || type is null || status < 400) return new StripeAnswer.Unknown(what);
        if (type == "idempotency_error") return new StripeAnswer.KeyConflict(what);
        if (status == 401 || code is "api_key_expired" or "platform_api_key_expired" or "livemode_mismatch")
            return new StripeAnswer.RetryLater(what, KeyFault.Refused);
        if (status == 403 && code is null) return new StripeAnswer.RetryLater(what, KeyFault.NotAllowed);
        return code switch
        {
            "balance_insufficient" => new StripeAnswer.InsufficientFunds(what),
            "account_closed" or "account_invalid" or "no_account" or "transfers_not_allowed" or "capability_not_active"
                or "insufficient_capabilities_for_transfer" => new StripeAnswer.AccountNotReady(what),
            "resource_missing" when param == "destination" => new StripeAnswer.AccountNotReady(what),
            _ => new StripeAnswer.Refused(what, code),
        };
    }
}

/// <summary>Makes a call and sorts every way in which it can end.</summary>
internal static class SortedCall
{
    public static async Task<StripeAnswer> Of(Func<CancellationToken, Task<StripeAnswer>> call, CancellationToken ct)
    {
        try
        {
            return await call(ct);
        }
        catch (StripeException refusal)
        {
            return ClassifyRefusal.Of(refusal);
        }
        catch (IncompleteListException incomplete)
        {
            return new StripeAnswer.Unknown(incomplete.Message);
        }
        catch (LeftTooLateException late)
        {
            return new StripeAnswer.RetryLater(late.Message);
        }
        catch (HttpRequestException broken)
        {
            return new StripeAnswer.Unknown($"connection: {broken.Message}");
        }
        catch (IOException broken)
        {
            return new StripeAnswer.Unknown($"connection: {broken.Message}");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new StripeAnswer.Unknown("no answer in time");
        }
    }
}
