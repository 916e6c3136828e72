FROM node:24-bookworm-slim AS base
WORKDIR /app

# What `npm ci` reads and nothing else, so that a change of a source file does not install everything anew.
FROM base AS manifests
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete \
  && find . -type d -empty -delete

FROM base AS build
COPY --from=manifests /app .
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build

# The optional packages are the embedded PostgreSQL, which has no place in a container: DATABASE_URL is given.
FROM base AS dependencies
COPY --from=manifests /app .
RUN npm ci --omit=dev --omit=optional --include=prod --ignore-scripts

FROM base
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8000 DATA_DIR=/var/lib/clary
COPY --from=dependencies /app .
COPY --from=build /app/libs/auth/dist libs/auth/dist
COPY --from=build /app/libs/embedded-postgres/dist libs/embedded-postgres/dist
COPY --from=build /app/apps/api/dist apps/api/dist
COPY apps/api/bin apps/api/bin
COPY deploy/make-secrets.js deploy/make-secrets.js
RUN ln -s /app/apps/api/bin/clary.js /usr/local/bin/clary
# A new named volume takes over owner and mode of the folder that it is mounted on.
RUN install -d -o node -g node -m 0700 /var/lib/clary /secrets/master-key /secrets/first-key \
  && install -d -o node -g node -m 0755 /secrets/database
USER node
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Node itself is the first process and gets SIGTERM: it answers what is under way and ends with 0.
CMD ["node", "apps/api/dist/main.js"]
