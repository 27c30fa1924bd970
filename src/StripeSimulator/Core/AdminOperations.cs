using System.Globalization;
using System.Text.Json;

namespace ContestPipeline.StripeSimulator.Core;

/// <summary>What an operator can do to the simulator. Parameters are JSON.</summary>
internal sealed class AdminOperations(Books books, AccountOperations accounts, IdempotencyKeys keys, RateLimiter limiter, FaultPlan faults)
{
    /// <summary>How far the simulated clock runs ahead.</summary>
    public TimeSpan ClockOffset { get; private set; }

    public SimResponse Execute(SimRequest request, long now)
    {
        JsonElement body;
        try
        {
            body = JsonSerializer.Deserialize<JsonElement>(request.Parameters.Length == 0 ? "{}" : request.Parameters);
        }
        catch (JsonException failure)
        {
            return Refused(failure.Message);
        }

        return request.Path.Split('/')[2..] switch
        {
            ["accounts", var id, "capabilities"] => Capability(id, body, now),
            ["accounts", var id, "balance"] => AccountBalance(id, body),
            ["funds"] => Funds(body, now),
            ["clock"] => Clock(body),
            ["keys"] => Keys(body),
            ["limits"] => Limits(body),
            ["faults"] => AddFaults(body),
            ["faults", "clear"] => ClearFaults(),
            _ => StripeErrors.UnknownUrl(request.Method, request.Path),
        };
    }

    private SimResponse Capability(string id, JsonElement body, long now) =>
        Text(body, "transfers") is "active" or "inactive" or "pending" or "unrequested"
            ? accounts.SetCapability(id, Text(body, "transfers")!, Text(body, "disabled_reason"), now)
            : Refused("transfers must be active, inactive, pending or unrequested");

    private SimResponse AccountBalance(string id, JsonElement body)
    {
        if (books.Accounts.Find(id) is null) return StripeErrors.NoSuch("account", id);
        var currency = Text(body, "currency") ?? "usd";
        books.ChangeAccount(id, currency, Whole(body, "delta_minor") ?? 0);
        return StripeState.Ok(new { account = id, currency, balance_minor = books.AccountMinor(id, currency) });
    }

    private SimResponse Funds(JsonElement body, long now)
    {
        if (Whole(body, "amount_minor") is not { } amountMinor) return Refused("amount_minor is missing");
        var availableOn = now + (Whole(body, "available_in_seconds") ?? 0);
        books.Move(now, availableOn, amountMinor, Text(body, "currency") ?? "usd", "adjustment", books.NextId("adj"));
        return StripeState.Ok(books.BalanceToStripe());
    }

    private SimResponse Clock(JsonElement body)
    {
        var advanceSeconds = Whole(body, "advance_seconds") ?? 0;
        if (advanceSeconds < 0) return Refused("the clock does not run backwards");
        ClockOffset += TimeSpan.FromSeconds(advanceSeconds);
        return StripeState.Ok(new { offset_seconds = (long)ClockOffset.TotalSeconds });
    }

    private SimResponse Keys(JsonElement body)
    {
        if (Whole(body, "retention_hours") is { } hours) keys.Retention = TimeSpan.FromHours(hours);
        if (body.TryGetProperty("forget", out var forget) && forget.ValueKind == JsonValueKind.True) keys.Forget();
        return StripeState.Ok(new { retention_hours = (long)keys.Retention.TotalHours });
    }

    private SimResponse Limits(JsonElement body)
    {
        limiter.EndpointPerSecondMax = (int)(Whole(body, "endpoint_per_second_max") ?? limiter.EndpointPerSecondMax);
        limiter.GlobalPerSecondMax = (int)(Whole(body, "global_per_second_max") ?? limiter.GlobalPerSecondMax);
        return StripeState.Ok(new { endpoint_per_second_max = limiter.EndpointPerSecondMax, global_per_second_max = limiter.GlobalPerSecondMax });
    }

    private SimResponse AddFaults(JsonElement body)
    {
        if (Whole(body, "seed") is { } seed) faults.Seed(unchecked((ulong)seed));
        if (Text(body, "kind") is not { } kind) return StripeState.Ok(Listed());
        if (!FaultKind.All.Contains(kind)) return Refused($"kind must be one of {string.Join(", ", FaultKind.All)}");
        var endpoint = Text(body, "endpoint") ?? "*";
        if (endpoint != "*" && !Routes.EndpointNames.Contains(endpoint)) return Refused($"endpoint must be * or one of {string.Join(", ", Routes.EndpointNames)}");
        var percent = (int)(Whole(body, "percent") ?? 0);
        if (percent is < 0 or > 100) return Refused("percent must be between 0 and 100");
        faults.Add(endpoint, kind, (int)(Whole(body, "delay_ms") ?? 0), (int)(Whole(body, "count") ?? 1), percent);
        return StripeState.Ok(Listed());
    }

    private SimResponse ClearFaults()
    {
        faults.Clear();
        return StripeState.Ok(Listed());
    }

    private object Listed() => new
    {
        orders = faults.Orders.Select(order => new
        {
            id = order.Id, endpoint = order.Endpoint, kind = order.Kind, delay_ms = order.DelayMs, remaining = order.Remaining, percent = order.Percent,
        }),
    };

    private static string? Text(JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Whole(JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
        && long.TryParse(value.GetRawText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)
            ? whole
            : null;

    private static SimResponse Refused(string message) => StripeErrors.Invalid("admin", message);
}
