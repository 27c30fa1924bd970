using System.Globalization;
using System.Net;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Options;

namespace ContestPipeline.Demo;

/// <summary>
/// The largest prizes are held until a person approves them. The winner himself may not, nor an operator; an approver works
/// through the queue, and what is approved goes by itself.
/// </summary>
public sealed class ApproveHeld : IAct
{
    /// <summary>A larger payout needs approval in the demo; the first of the activity challenge always is one.</summary>
    public const long AboveMinor = 90_00;

    /// <summary>Velocity is not what the demo shows: one player may win in five contests on one evening.</summary>
    private const int ManyPayouts = 1_000;

    private const string Approver = "ann";
    private const string Operator = "olga";

    /// <summary>The limits of the demo, in the file that Payout's setting names.</summary>
    public static void Prepare(DemoEnvironment environment)
    {
        var limits = RiskPolicy.Default.Currencies["usd"] with { ApprovalAboveMinor = AboveMinor };
        var policy = RiskPolicy.Default with
        {
            PayoutsPerDayMax = ManyPayouts, SecondsBetweenPayouts = 0, ReviewFromPayoutsPerDay = ManyPayouts,
            ReviewAboveShareOfWinningsPercent = 100, ReviewFromRefunds = ManyPayouts, ReviewFromDisputes = ManyPayouts,
            Currencies = new Dictionary<string, CurrencyLimits> { ["usd"] = limits },
        };
        var file = environment.Folder.Sub("risk-policy.json");
        File.WriteAllBytes(file, WireJson.Bytes(policy));
        environment.Settings[RiskPolicy.Setting] = file;
    }

    public async Task Play(DemoContext context, CancellationToken ct)
    {
        var released = new HashSet<string>(StringComparer.Ordinal);
        await context.Until("whatever had to be approved is approved, and all but the late accounts' prizes are paid", async () =>
        {
            foreach (var held in context.Told.Payouts.Where(p => Prizes.NeedsApproval(p) && !released.Contains(p.PayoutId))
                .OrderBy(p => p.PayoutId, StringComparer.Ordinal))
            {
                if (released.Count == 0 && !await Forbidden(context, held, ct)) break;
                if (await Release(context, held, Approver, ApiRole.Approver, ct) == HttpStatusCode.OK)
                    released.Add(held.PayoutId);
            }

            return Prizes.AllMade(context.Told)
                && context.Told.Payouts.All(p => p.State is "paid" or "awaiting_account"
                    || context.Forfeited.Contains(p.PayoutId));
        }, ct);
        var large = context.Told.Payouts.Where(p => released.Contains(p.PayoutId)).ToArray();
        context.Check(large.Length > 0, "no payout was held and approved");
        context.Check(
            context.Told.Payouts.Where(p => p.AmountMinor > AboveMinor && p.State == "paid")
                .All(p => released.Contains(p.PayoutId)),
            string.Create(CultureInfo.InvariantCulture, $"a payout above {AboveMinor} was paid without approval"));
        context.Check(
            large.All(p => context.Told.Notices.Any(n => n.Kind == NotificationKinds.Approved && n.Subject == p.PayoutId)),
            "a player was not told of the approval");
        context.Say(
            $"approval: {large.Length} payouts above {Figures.Usd(AboveMinor)} were held; the winner may not approve his own, "
                + $"nor an operator; {Approver} released {Figures.Usd(large.Sum(p => p.AmountMinor))}");
    }

    /// <returns>False when Payout does not answer now.</returns>
    private static async Task<bool> Forbidden(DemoContext context, PayoutChangedV1 held, CancellationToken ct)
    {
        foreach (var (who, role) in ((string, string)[])[(held.PlayerId, ApiRole.Approver), (Operator, ApiRole.Operator)])
        {
            var status = await Release(context, held, who, role, ct);
            if (status == 0) return false;
            context.Check(status == HttpStatusCode.Forbidden,
                $"{who} as {role} released payout {held.PayoutId} of {held.PlayerId}: {(int)status}");
        }

        return true;
    }

    private static async Task<HttpStatusCode> Release(
        DemoContext context, PayoutChangedV1 held, string who, string role, CancellationToken ct) =>
        (await context.Environment.Payout.Post(
            $"/v1/payouts/{held.PayoutId}/release", new { note = "looked at the line-up" }, who, role, ct)).Status;
}
