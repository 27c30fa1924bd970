using System.Security.Claims;
using ContestPipeline.Payout.Http;
using Microsoft.AspNetCore.Antiforgery;

namespace ContestPipeline.WebConsole.Shown;

/// <summary>What every page needs beside what it shows: who looks, when, and the token of its forms.</summary>
/// <param name="Person">Null: nobody is signed in.</param>
/// <param name="Path">With its query, for coming back.</param>
/// <param name="Done">What was just done, in words; null when nothing was.</param>
public sealed record Shell(
    string? Person, IReadOnlyList<string> Roles, string Path, string? Done, DateTimeOffset Now, string FormToken, bool IsLive)
{
    /// <summary>What a page may say was done, by the word in its address; other words are not shown.</summary>
    private static readonly Dictionary<string, string> s_done = new(StringComparer.Ordinal)
    {
        ["acknowledged"] = "The alert is acknowledged; it escalates no more.",
        ["resolved"] = "The alert is resolved.",
        ["released"] = "The payout is released and on its way.",
        ["second"] = "Noted. A second approver has to release it as well.",
        ["rejected"] = "The payout is rejected; its prize went to prize_unpaid of the contest.",
        ["retried"] = "The payout is on its way again.",
        ["retries"] = "The workers are asked; this page follows what becomes of it.",
        ["discarded"] = "The message is discarded; the next of its key goes on.",
        ["discard-asked"] = "Money hangs on it: your wish is noted, and an approver, another person, has to say the same.",
        ["halted"] = "Halted: nothing new of it is sent to Stripe until it is let go.",
        ["lifted"] = "Let go: what was held goes on by itself unless something else holds it.",
        ["asked"] = "The plan is being made; nothing is produced by that.",
        ["ordered"] = "The replay is ordered.",
        ["approved"] = "The replay is approved and begins.",
        ["paused"] = "The replay pauses.",
        ["resumed"] = "The replay goes on.",
        ["stopped"] = "The replay is being stopped.",
    };

    /// <summary>Takes alerts up and sends failed payouts again.</summary>
    public bool IsOperator => Roles.Contains(ApiRole.Operator);

    public bool IsApprover => Roles.Contains(ApiRole.Approver);

    public bool MayHandleAlerts => IsOperator || IsApprover;

    internal static Shell Of(HttpContext context)
    {
        var services = context.RequestServices;
        var query = context.Request.Query["done"].ToString();
        return new Shell(
            context.User.FindFirstValue(ClaimTypes.NameIdentifier),
            [.. context.User.FindAll(ClaimTypes.Role).Select(role => role.Value)],
            context.Request.Path + WithoutDone(context.Request.QueryString), s_done.GetValueOrDefault(query),
            services.GetRequiredService<TimeProvider>().GetUtcNow(),
            services.GetRequiredService<IAntiforgery>().GetAndStoreTokens(context).RequestToken!,
            services.GetRequiredService<ConsoleOptions>().IsLive);
    }

    internal static string RolesOf(ClaimsPrincipal person) =>
        string.Join(", ", person.FindAll(ClaimTypes.Role).Select(role => role.Value)) is { Length: > 0 } roles ? roles : "none";

    private static string WithoutDone(QueryString query)
    {
        var kept = query.ToString().TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Where(part => !part.StartsWith("done=", StringComparison.Ordinal)).ToArray();
        return kept.Length == 0 ? "" : "?" + string.Join('&', kept);
    }
}
