using System.Text.Json;
using System.Text.Json.Serialization;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;

namespace ContestPipeline.Payout.Options;

/// <summary>What one currency's payouts may amount to, in its minor units.</summary>
/// <param name="SinglePayoutMaxMinor">A larger payout goes only if a person approves it.</param>
/// <param name="ApprovalAboveMinor">A larger payout needs a person's approval.</param>
/// <param name="NewAccountMaxMinor">As long as the account is new.</param>
/// <param name="DayMaxMinor">Of one player in any 24 hours.</param>
/// <param name="MonthMaxMinor">Of one player in a calendar month, UTC.</param>
/// <param name="FirstPayoutReviewAboveMinor">A player's first payout, if larger, is looked at.</param>
/// <param name="SecondApproverAboveMinor">A larger payout needs two persons' approval; null: one is enough.</param>
public sealed record CurrencyLimits(
    long SinglePayoutMaxMinor, long ApprovalAboveMinor, long NewAccountMaxMinor, long DayMaxMinor, long MonthMaxMinor,
    long FirstPayoutReviewAboveMinor, long? SecondApproverAboveMinor);

/// <summary>
/// Limits and what is looked at by a person. Without a policy, which somebody has to ask for in so many words, nothing is delayed
/// and nothing is held.
/// </summary>
/// <param name="NewAccountDays">How long an account is new.</param>
/// <param name="PayoutsPerDayMax">Of one player in any 24 hours.</param>
/// <param name="SecondsBetweenPayouts">Of one player.</param>
/// <param name="ReviewFromPayoutsPerDay">A player who wins as many payouts in 24 hours is looked at.</param>
/// <param name="ReviewAboveShareOfWinningsPercent">A payout, not the first, that is a larger share of everything its player has
/// won is looked at.</param>
/// <param name="ReviewFromRefunds">A player for whom people, here or at Stripe, made as many refunds in the last
/// <paramref name="TroubleDays"/> days is looked at. What the pipeline gives back by itself does not count.</param>
/// <param name="ReviewFromDisputes">The same of disputes, however they ended; a bank's inquiry is none.</param>
/// <param name="TroubleDays">How far back refunds and disputes count.</param>
/// <param name="Currencies">By ISO code in lower case. A payout in another currency is held.</param>
public sealed record RiskPolicy(
    int NewAccountDays, int PayoutsPerDayMax, int SecondsBetweenPayouts, int ReviewFromPayoutsPerDay,
    int ReviewAboveShareOfWinningsPercent, IReadOnlyDictionary<string, CurrencyLimits> Currencies,
    int ReviewFromRefunds = 1, int ReviewFromDisputes = 1, int TroubleDays = 90)
{
    public const string Setting = "PAYOUT_RISK_POLICY_FILE";

    private static readonly JsonSerializerOptions s_json = new(WireJson.Options)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>The limits of the specification, in US dollars.</summary>
    public static RiskPolicy Default { get; } = new(
        30, 3, 300, 5, 80,
        new Dictionary<string, CurrencyLimits>
        {
            ["usd"] = new(10_000_00, 5_000_00, 1_000_00, 25_000_00, 100_000_00, 2_000_00, null),
        });

    /// <summary>
    /// <c>PAYOUT_RISK_POLICY_FILE</c>: a JSON file, or the word <c>default</c> or <c>none</c>. In test the defaults hold when it
    /// is not set.
    /// </summary>
    /// <returns>Null when it says that no policy is wanted.</returns>
    /// <exception cref="SettingException">There is no such file, or it is no policy; or it is live and nobody has said which
    /// policy is wanted.</exception>
    public static RiskPolicy? From(IConfiguration settings)
    {
        if (settings[Setting] is not { Length: > 0 } file)
        {
            return settings.PipelineEnvironment() == "live"
                ? throw new SettingException(Setting,
                    "is not set: in live name the file of limits and approvals, or say default for the built-in limits or none "
                        + "for no limits at all")
                : Default;
        }

        if (file == "default") return Default;
        if (file == "none") return null;
        if (!File.Exists(file))
            throw new SettingException(
                Setting, $"names {file}, which does not exist (write default for the built-in limits, none for no limits)");
        try
        {
            var policy = Read(File.ReadAllBytes(file));
            return policy.Fault() is { } fault ? throw new SettingException(Setting, $"names {file}, in which {fault}") : policy;
        }
        catch (JsonException e)
        {
            throw new SettingException(Setting, $"names {file}, which is no policy: {JsonFault.Sentence(e)}");
        }
    }

    /// <exception cref="JsonException">A field is missing, unknown or of the wrong kind; the message names it.</exception>
    public static RiskPolicy Read(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize<RiskPolicy>(json, s_json) ?? throw new JsonException("The JSON value null is not a policy.");

    /// <returns>The first thing that cannot be meant; null when there is none.</returns>
    public string? Fault()
    {
        if (NewAccountDays < 0) return $"newAccountDays is {NewAccountDays}";
        if (PayoutsPerDayMax < 1) return $"payoutsPerDayMax is {PayoutsPerDayMax}: nothing would ever be paid";
        if (SecondsBetweenPayouts is < 0 or > 86_400)
            return $"secondsBetweenPayouts is {SecondsBetweenPayouts}, not from 0 to 86400";
        if (ReviewFromPayoutsPerDay < 1) return $"reviewFromPayoutsPerDay is {ReviewFromPayoutsPerDay}";
        if (ReviewAboveShareOfWinningsPercent is < 0 or > 100)
            return $"reviewAboveShareOfWinningsPercent is {ReviewAboveShareOfWinningsPercent}";
        if (ReviewFromRefunds < 1) return $"reviewFromRefunds is {ReviewFromRefunds}";
        if (ReviewFromDisputes < 1) return $"reviewFromDisputes is {ReviewFromDisputes}";
        if (TroubleDays is < 1 or > 3650) return $"troubleDays is {TroubleDays}, not from 1 to 3650";
        if (Currencies.Count == 0) return "currencies is empty";
        foreach (var (currency, c) in Currencies)
        {
            if (currency.Length != 3 || currency.Any(l => l is < 'a' or > 'z'))
                return $"currency '{currency}' is no ISO code in lower case";
            if (c is null) return $"currency '{currency}' has no limits";
            long[] limits = [c.SinglePayoutMaxMinor, c.NewAccountMaxMinor, c.DayMaxMinor, c.MonthMaxMinor];
            if (limits.Any(l => l <= 0)) return $"a limit of {currency} is not above 0";
            if (c.ApprovalAboveMinor < 0 || c.FirstPayoutReviewAboveMinor < 0 || c.SecondApproverAboveMinor < 0)
                return $"a limit of {currency} is below 0";
        }

        return null;
    }
}
