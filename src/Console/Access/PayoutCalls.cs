using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;

namespace ContestPipeline.WebConsole.Access;

/// <summary>What Payout said to a call.</summary>
/// <param name="Detail">Why it refused; empty when it did not.</param>
internal sealed record PayoutAnswer(int Status, string Detail)
{
    public bool IsDone => Status is >= 200 and < 300;
}

/// <summary>
/// Payout's API, called as the person who is signed in: whatever is decided is decided there, under that name and those roles.
/// </summary>
internal sealed class PayoutCalls(HttpClient http, ConsoleOptions options)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <param name="path">Such as <c>/v1/alerts/resolve</c>; ids in it are escaped.</param>
    public async Task<PayoutAnswer> Post(HttpContext context, string path, object body)
    {
        if (options.PayoutUrl is not { } payout)
            return new PayoutAnswer(503, "PAYOUT_API_URL is not set: nothing can be decided from these pages.");
        if (await context.GetTokenAsync(SignIn.TokenName) is not { } token)
            return new PayoutAnswer(401,
                "Your session has no token for Payout's API (in test PAYOUT_JWT_KEY makes one). Sign in anew.");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(payout, path)) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(s_patience);
        try
        {
            using var response = await http.SendAsync(request, patience.Token);
            var text = await response.Content.ReadAsStringAsync(patience.Token);
            return new PayoutAnswer((int)response.StatusCode, response.IsSuccessStatusCode ? "" : Detail(text));
        }
        catch (HttpRequestException away)
        {
            return Unknown(away.Message);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return Unknown("no answer in time");
        }
    }

    private static PayoutAnswer Unknown(string why) => new(
        StatusCodes.Status502BadGateway, $"Payout's API did not answer ({why}). Look whether it was done before you repeat it.");

    private static string Detail(string text)
    {
        try
        {
            using var problem = JsonDocument.Parse(text);
            return problem.RootElement.TryGetProperty("detail", out var detail) ? detail.GetString() ?? "" : text;
        }
        catch (JsonException)
        {
            return "Payout's API answered without a reason.";
        }
    }
}
