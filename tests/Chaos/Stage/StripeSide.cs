using System.Net.Http.Json;
using System.Text.Json;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Chaos;

/// <summary>The simulated Stripe past every proxy: what it has, and what is to go wrong there.</summary>
internal sealed class StripeSide(Uri address, string key) : IDisposable
{
    private readonly HttpClient http = new()
    {
        BaseAddress = address, DefaultRequestHeaders = { Authorization = new("Bearer", key) }, Timeout = TimeSpan.FromSeconds(20),
    };

    internal async Task<bool> Answers(CancellationToken ct)
    {
        try
        {
            using var answer = await http.GetAsync("/_admin/health", ct);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Everything of a kind, newest first.</summary>
    internal async Task<IReadOnlyList<JsonElement>> All(string kind, CancellationToken ct)
    {
        var all = new List<JsonElement>();
        for (var more = true; more;)
        {
            var after = all.Count == 0 ? "" : $"&starting_after={all[^1].GetProperty("id").GetString()}";
            var page = await http.GetFromJsonAsync<JsonElement>($"/v1/{kind}?limit=100{after}", ct);
            all.AddRange(page.GetProperty("data").EnumerateArray());
            more = page.GetProperty("has_more").GetBoolean();
        }

        return all;
    }

    internal async Task Command(string path, object body, CancellationToken ct)
    {
        using var answer = await http.PostAsJsonAsync($"/_admin/{path}", body, ct);
        var words = await answer.Content.ReadAsStringAsync(ct);
        Invariant.Holds(answer.IsSuccessStatusCode, $"the simulator answered {(int)answer.StatusCode} to {path}: {words}");
    }

    public void Dispose() => http.Dispose();
}
