using System.Net;
using System.Text.Json;
using ContestPipeline.Payout.Http;

namespace ContestPipeline.Demo;

/// <summary>Players' wallets as their front ends use them; what Payout does not answer now is asked for again.</summary>
internal sealed class Wallets(DemoContext context)
{
    private const string Deposits = "/v1/me/wallet/deposits";
    private const string RequestId = "demo";

    /// <summary>Asks for a deposit, pays it at Stripe, and waits until it is in the wallet.</summary>
    public async Task Deposit(string player, long amountMinor, CancellationToken ct)
    {
        await Ask(player, Deposits, amountMinor, ct);
        var isPaid = false;
        await context.Until($"{player} has deposited", async () =>
        {
            var (status, deposit) = await context.Environment.Payout.Get($"{Deposits}/{RequestId}", player, ApiRole.Player, ct);
            if (status != HttpStatusCode.OK) return false;
            if (!isPaid && deposit.TryGetProperty("clientSecret", out var secret))
                isPaid = await context.Environment.Stripe.Pay(secret.GetString()!, ct);
            return deposit.GetProperty("state").GetString() == "paid";
        }, ct);
    }

    /// <returns>What Payout answered when it took it up.</returns>
    public async Task<JsonElement> Ask(string player, string path, long amountMinor, CancellationToken ct)
    {
        PayoutReply reply = default;
        await context.Until($"{path} of {player} is taken up", async () =>
        {
            reply = await TryAsk(player, path, amountMinor, ct);
            return reply.Status == HttpStatusCode.Accepted;
        }, ct);
        return reply.Body;
    }

    public Task<PayoutReply> TryAsk(string player, string path, long amountMinor, CancellationToken ct) =>
        context.Environment.Payout.Post(
            path, new { requestId = RequestId, amountMinor, currency = "usd" }, player, ApiRole.Player, ct);

    /// <returns>How what was asked for stands.</returns>
    public async Task<JsonElement> Standing(string player, string path, CancellationToken ct) =>
        await Read($"{path}/{RequestId}", player, ct);

    public Task<JsonElement> Show(string player, CancellationToken ct) => Read("/v1/me/wallet", player, ct);

    public async Task<(long AvailableMinor, long StakedMinor)> Balance(string player, CancellationToken ct)
    {
        var balance = (await Show(player, ct)).GetProperty("balances").EnumerateArray().Single();
        return (balance.GetProperty("availableMinor").GetInt64(), balance.GetProperty("stakedMinor").GetInt64());
    }

    private async Task<JsonElement> Read(string path, string player, CancellationToken ct)
    {
        PayoutReply reply = default;
        await context.Until($"{path} of {player} is answered", async () =>
        {
            reply = await context.Environment.Payout.Get(path, player, ApiRole.Player, ct);
            return reply.Status == HttpStatusCode.OK;
        }, ct);
        return reply.Body;
    }
}
