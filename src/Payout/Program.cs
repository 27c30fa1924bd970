using ContestPipeline.Payout;
using Microsoft.Extensions.Hosting;

var builder = Host.CreateApplicationBuilder(args);
builder.AddPayout();
await builder.Build().RunAsync();
