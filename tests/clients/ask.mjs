// One question through an SDK, its answer on stdout: node ask.mjs SDK plain|stream BASE KEY MODEL TEXT

import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { generateText, streamText } from "ai";
import OpenAI from "openai";

globalThis.AI_SDK_LOG_WARNINGS = false;
const [sdk, how, base, apiKey, model, text] = process.argv.slice(2);
const stream = how === "stream";
const baseURL = `${base}/v1`;

async function joined(events, words) {
  let all = "";
  for await (const event of events) all += words(event) ?? "";
  return all;
}

async function chat() {
  const messages = [{ role: "user", content: text }];
  const answer = await new OpenAI({ baseURL, apiKey }).chat.completions.create({ model, messages, stream });
  if (stream) return joined(answer, (chunk) => chunk.choices[0]?.delta?.content);
  return answer.choices[0].message.content;
}

async function responses() {
  const answer = await new OpenAI({ baseURL, apiKey }).responses.create({ model, input: text, stream });
  if (stream) return joined(answer, (event) => (event.type === "response.output_text.delta" ? event.delta : ""));
  return answer.output_text;
}

async function vercel(language) {
  if (!stream) return (await generateText({ model: language, prompt: text, maxRetries: 0 })).text;
  return joined(streamText({ model: language, prompt: text, maxRetries: 0 }).textStream, (piece) => piece);
}

const asked = {
  "openai-chat": chat,
  "openai-responses": responses,
  "ai-openai-chat": () => vercel(createOpenAI({ baseURL, apiKey }).chat(model)),
  "ai-openai-responses": () => vercel(createOpenAI({ baseURL, apiKey })(model)),
  "ai-anthropic": () => vercel(createAnthropic({ baseURL, apiKey })(model)),
};
console.log(await asked[sdk]());
