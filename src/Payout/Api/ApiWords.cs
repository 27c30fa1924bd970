using ContestPipeline.Payout.Http;

namespace ContestPipeline.Payout.Api;

/// <summary>What Payout's OpenAPI document says that no route says.</summary>
internal static class ApiWords
{
    public static ApiDocument Document { get; } = new(
        "ContestPipeline Payout",
        "Payments, payouts, players' winnings and the books of the contest pipeline. Amounts are whole minor units of their "
            + "currency (cents of usd) and end in Minor; "
            + "currencies are ISO 4217 in lower case; times are UTC (RFC 3339). A field without a value is left out. "
            + "Refusals are problem details (RFC 9457): what was "
            + "expected, what came, what to do. No route takes an amount or a recipient of a payout.",
        new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["payoutId"] = "The payout.", ["contestId"] = "The contest; a slash in an id is escaped.",
            ["requestId"] = "What the caller chose when it asked; a slash is escaped.",
            ["currency"] = "ISO 4217, lower case.",
            ["entryId"] = "The entry; a slash in an id is escaped.",
            ["playerId"] = "The player; where players may ask, me is the caller.", ["year"] = "The calendar year, UTC.",
            ["token"] = "Signed and short-lived, as it stands in the link.",
            ["state"] = "Only those in this state.", ["contest"] = "Only those of this contest.",
            ["player"] = "Only those of this player.",
            ["payout"] = "Only those of this payout.", ["actor"] = "Only what this person or part did.",
            ["after"] = "Where the page before ended: what it gives as next.",
            ["before"] = "Only those before this time, UTC (RFC 3339).", ["limit"] = "How many at most.",
            ["all"] = "Also those below the threshold, or those that are over.", ["haltNo"] = "The halt's number.",
            ["draftId"] = "What the creator calls the draft.",
            ["If-Match"] = "The version that is meant, as ETag has it.",
            ["sha256"] = "Of the file's bytes, lower-case hex.",
            ["from"] = "The first month, such as 2026-01.", ["to"] = "The last month, such as 2026-12.",
        });
}
