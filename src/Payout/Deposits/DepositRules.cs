using ContestPipeline.Contracts;
using ContestPipeline.Payout.Wallet;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Payout.Deposits;

/// <summary>How much a player may pay in, and what the platform keeps of it.</summary>
/// <param name="FeeBps">Of the whole deposit, in basis points; 0: nothing.</param>
/// <param name="FeeAboveMinor">Only of deposits of more, in minor units.</param>
public sealed record DepositRules(int FeeBps = 0, long FeeAboveMinor = 100_00)
{
    /// <summary>The least deposit, in minor units, where Stripe does not ask for more in the currency.</summary>
    public const long AmountMinorMin = 50;

    /// <summary>What a player may pay into one wallet within <see cref="Window"/>, in minor units.</summary>
    public const long WindowMinorMax = 100_000;

    public const int BpsMax = 1_000;

    /// <summary>Over how long deposits are added up; one that nobody pays for as long is cancelled.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromHours(24);

    /// <summary>For so long after its charge a deposit goes back to the card it came from, and to no bank.</summary>
    public static readonly TimeSpan Refundable = TimeSpan.FromDays(90);

    /// <exception cref="SettingException">A setting is out of its bounds.</exception>
    public static DepositRules From(IConfiguration settings) => new(
        settings.Whole("PAYOUT_DEPOSIT_FEE_BPS"), settings.Whole("PAYOUT_DEPOSIT_FEE_ABOVE_MINOR"));

    /// <returns>In minor units, rounded down: what does not divide is the player's.</returns>
    public long FeeMinor(long amountMinor) =>
        amountMinor > FeeAboveMinor ? checked(amountMinor * FeeBps) / PrizeRules.BpsTotal : 0;

    /// <returns>The least deposit in a currency that is known.</returns>
    public static long LeastMinor(Currency currency) => Math.Max(AmountMinorMin, currency.EntryFeeMinorMin);
}

/// <summary>What a player asks to pay in.</summary>
/// <param name="RequestId">Chosen by the client: the same request, however often it comes, is one deposit.</param>
/// <param name="AmountMinor">What the card is to be charged, in minor units.</param>
/// <param name="Currency">ISO 4217, lower case.</param>
public sealed record DepositRequest(string RequestId, long AmountMinor, string Currency);

/// <summary>What becomes of such a request.</summary>
public abstract record DepositDecision
{
    private DepositDecision() { }

    public sealed record Ask(long FeeMinor) : DepositDecision;

    /// <summary>Asked for before, by the same request.</summary>
    public sealed record Known(Deposit Deposit) : DepositDecision;

    public sealed record Refuse(string Why, bool Malformed = false) : DepositDecision;

    /// <returns>What is wrong with the request itself, whatever else is known; null: nothing.</returns>
    public static string? Fault(DepositRequest request)
    {
        if (WalletRequests.IdFault(request.RequestId) is { } fault) return fault;
        if (Currencies.Find(request.Currency) is not { } currency)
            return $"currency must be one of {string.Join(", ", Currencies.All.Select(c => c.Code))}; it is {request.Currency}";
        var leastMinor = DepositRules.LeastMinor(currency);
        return request.AmountMinor < leastMinor || request.AmountMinor > DepositRules.WindowMinorMax
            ? $"amountMinor must be from {leastMinor} to {DepositRules.WindowMinorMax}; it is {request.AmountMinor}" : null;
    }

    /// <param name="known">The deposit that this request has asked for before; null: none.</param>
    /// <param name="countedMinor">What the player has asked for and may still pay, or has paid within the window.</param>
    public static DepositDecision Decide(DepositRequest request, Deposit? known, long countedMinor, DepositRules rules)
    {
        if (Fault(request) is { } fault) return new Refuse(fault, Malformed: true);
        if (known is not null)
        {
            return WalletRequests.OtherThanBefore(
                request.RequestId, request.AmountMinor, request.Currency, known.AmountMinor, known.Currency) is { } other
                ? new Refuse(other) : new Known(known);
        }

        var leftMinor = Math.Max(0, DepositRules.WindowMinorMax - countedMinor);
        return request.AmountMinor <= leftMinor ? new Ask(rules.FeeMinor(request.AmountMinor))
            : new Refuse($"within 24 hours at most {DepositRules.WindowMinorMax} may be paid in; {countedMinor} were asked for "
                + $"or paid, {leftMinor} are left, not {request.AmountMinor}");
    }
}
